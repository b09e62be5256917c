// Prints what BuildKit makes of Dockerfiles, without building them: the image's history and settings, and the commands
// that would run.
//
// Reads a JSON list of texts from standard input. Build arguments without a value get one that can be found again.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

const passed = "passed-in-value"

type answer struct {
	Error    string     `json:"error,omitempty"`
	History  []string   `json:"history"`
	Env      []string   `json:"env"`
	User     string     `json:"user"`
	Health   []string   `json:"health"`
	Ports    []string   `json:"ports"`
	Commands [][]string `json:"commands"`
	Bases    []string   `json:"bases"`
}

// A base image that is empty, whatever its name; it notes which were asked for.
type bases struct{ asked []string }

func (b *bases) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	b.asked = append(b.asked, ref)
	return ref, "", []byte(`{"architecture":"amd64","os":"linux","config":{}}`), nil
}

func main() {
	var texts []string
	if err := json.NewDecoder(bufio.NewReader(os.Stdin)).Decode(&texts); err != nil {
		panic(err)
	}
	all := make([]answer, 0, len(texts))
	for _, text := range texts {
		all = append(all, read(text))
	}
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		panic(err)
	}
}

func read(text string) answer {
	resolver := &bases{}
	options := dockerfile2llb.ConvertOpt{
		MetaResolver:   resolver,
		TargetPlatform: &ocispecs.Platform{Architecture: "amd64", OS: "linux"},
		Config:         dockerui.Config{BuildArgs: arguments(text)},
	}
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(text), options)
	if err != nil {
		return answer{Error: err.Error()}
	}
	one := answer{Bases: resolver.asked, User: result.Image.Config.User, Env: result.Image.Config.Env}
	one.Env = append(one.Env, result.Image.Config.OnBuild...)
	for _, step := range result.Image.History {
		one.History = append(one.History, step.CreatedBy)
	}
	if check := result.Image.Config.Healthcheck; check != nil {
		one.Health = check.Test
	}
	for port := range result.Image.Config.ExposedPorts {
		one.Ports = append(one.Ports, string(port))
	}
	definition, err := result.State.Marshal(context.Background(), llb.LinuxAmd64)
	if err != nil {
		return answer{Error: err.Error()}
	}
	for _, bytes := range definition.Def {
		var op pb.Op
		if err := op.Unmarshal(bytes); err != nil {
			return answer{Error: err.Error()}
		}
		if exec := op.GetExec(); exec != nil {
			one.Commands = append(one.Commands, exec.Meta.Args)
		}
	}
	return one
}

// A value for each argument that has none.
func arguments(text string) map[string]string {
	values := map[string]string{}
	parsed, err := parser.Parse(bytes.NewReader([]byte(text)))
	if err != nil {
		return values
	}
	stages, globals, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return values
	}
	given := map[string]bool{}
	for _, arg := range globals {
		for _, pair := range arg.Args {
			given[pair.Key] = !isEmpty(pair.Value)
		}
	}
	for _, stage := range stages {
		for _, command := range stage.Commands {
			if arg, ok := command.(*instructions.ArgCommand); ok {
				for _, pair := range arg.Args {
					if isEmpty(pair.Value) && !given[pair.Key] {
						values[pair.Key] = passed
					}
				}
			}
		}
	}
	return values
}

func isEmpty(value *string) bool {
	return value == nil || strings.Trim(*value, `"'`) == ""
}
