// Prints what the decoder and the pod security admission of Kubernetes make of manifests.
//
// Reads a JSON list of texts from standard input, and writes a list of lists: for each object of a text whether it is
// decoded, and what the levels baseline and restricted refuse in it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type object struct {
	Kind       string          `json:"kind"`
	Error      string          `json:"error,omitempty"`
	Baseline   []string        `json:"baseline"`
	Restricted []string        `json:"restricted"`
	Decoded    json.RawMessage `json:"decoded,omitempty"`
}

func main() {
	var texts []string
	if err := json.NewDecoder(bufio.NewReader(os.Stdin)).Decode(&texts); err != nil {
		panic(err)
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	all := make([][]object, 0, len(texts))
	for _, text := range texts {
		all = append(all, objects(evaluator, text))
	}
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		panic(err)
	}
}

func objects(evaluator policy.Evaluator, text string) []object {
	found := []object{}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader([]byte(text))))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			return append(found, object{Error: err.Error()})
		}
		decoder := serializer.NewCodecFactory(scheme.Scheme).UniversalDeserializer()
		decoded, kind, err := decoder.Decode(document, nil, nil)
		if err != nil {
			found = append(found, object{Error: err.Error()})
			continue
		}
		for _, item := range items(decoder, decoded) {
			one := object{Kind: kind.Kind}
			one.Decoded, _ = json.Marshal(item)
			if spec, meta := pod(item); spec != nil {
				one.Baseline = refused(evaluator, api.LevelBaseline, meta, spec)
				one.Restricted = refused(evaluator, api.LevelRestricted, meta, spec)
			}
			found = append(found, one)
		}
	}
}

// The objects of a list, or the object itself.
func items(decoder runtime.Decoder, decoded runtime.Object) []runtime.Object {
	if list, ok := decoded.(*corev1.List); ok {
		var all []runtime.Object
		for _, raw := range list.Items {
			if item, _, err := decoder.Decode(raw.Raw, nil, nil); err == nil {
				all = append(all, item)
			}
		}
		return all
	}
	if list, ok := decoded.(*corev1.PodList); ok {
		var all []runtime.Object
		for at := range list.Items {
			all = append(all, &list.Items[at])
		}
		return all
	}
	return []runtime.Object{decoded}
}

// The pod that an object runs.
func pod(decoded runtime.Object) (*corev1.PodSpec, *metav1.ObjectMeta) {
	template := func(it *corev1.PodTemplateSpec) (*corev1.PodSpec, *metav1.ObjectMeta) {
		return &it.Spec, &it.ObjectMeta
	}
	switch it := decoded.(type) {
	case *corev1.Pod:
		return &it.Spec, &it.ObjectMeta
	case *corev1.PodTemplate:
		return template(&it.Template)
	case *appsv1.Deployment:
		return template(&it.Spec.Template)
	case *appsv1.DaemonSet:
		return template(&it.Spec.Template)
	case *appsv1.StatefulSet:
		return template(&it.Spec.Template)
	case *batchv1.Job:
		return template(&it.Spec.Template)
	case *batchv1.CronJob:
		return template(&it.Spec.JobTemplate.Spec.Template)
	}
	return nil, nil
}

func refused(e policy.Evaluator, level api.Level, meta *metav1.ObjectMeta, spec *corev1.PodSpec) []string {
	version := api.LevelVersion{Level: level, Version: api.LatestVersion()}
	names := []string{}
	for _, result := range e.EvaluatePod(version, meta, spec) {
		if !result.Allowed {
			names = append(names, result.ForbiddenReason)
		}
	}
	return names
}
