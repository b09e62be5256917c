// Command compose loads the project in a folder as `docker compose config` does, and prints it as JSON.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
)

// Compose brings the format `raw` itself: what stands behind the sign is the value.
func raw(file io.Reader, _ string, variables map[string]string, _ func(string) (string, bool)) error {
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		name, value, found := strings.Cut(strings.TrimLeft(lines.Text(), " \t"), "=")
		if found && !strings.HasPrefix(name, "#") {
			variables[name] = value
		}
	}
	return lines.Err()
}

func main() {
	dotenv.RegisterFormat("raw", raw)
	options, err := cli.NewProjectOptions(nil,
		cli.WithWorkingDirectory(os.Args[1]),
		cli.WithOsEnv,
		cli.WithEnvFiles(),
		cli.WithDotEnv,
		cli.WithConfigFileEnv,
		cli.WithDefaultConfigPath,
		cli.WithDefaultProfiles(),
		cli.WithName("truth"),
	)
	if err == nil {
		project, loaded := options.LoadProject(context.Background())
		if loaded == nil {
			err = json.NewEncoder(os.Stdout).Encode(project)
		} else {
			err = loaded
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
