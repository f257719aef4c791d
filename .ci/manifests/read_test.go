package manifests

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// documents splits a file of YAML documents.
func documents(t *testing.T, file string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, document)
	}
}

// decode reads a document as what its apiVersion and kind say it is. A key that the published type does not have is an error, and so is one that is there twice.
func decode(t *testing.T, file string, document []byte) any {
	t.Helper()
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var object any
	switch kind.APIVersion + " " + kind.Kind {
	case "batch/v1 Job":
		object = &batchv1.Job{}
	case "v1 PersistentVolumeClaim":
		object = &corev1.PersistentVolumeClaim{}
	default:
		t.Fatalf("%s: %q of %q is not looked at by this test; say how", file, kind.Kind, kind.APIVersion)
	}
	strict(t, file, document, object)
	return object
}

func strict(t *testing.T, file string, document []byte, object any) {
	t.Helper()
	if err := unmarshal(document, object); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// unmarshal reads as Kubernetes does: with regard to case, where encoding/json has none.
func unmarshal(document []byte, object any) error {
	data, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	faults, err := kjson.UnmarshalStrict(data, object)
	return errors.Join(append(faults, err)...)
}

func jobOf(t *testing.T, file string) *batchv1.Job {
	t.Helper()
	for _, document := range documents(t, file) {
		if job, is := decode(t, file, document).(*batchv1.Job); is {
			return job
		}
	}
	t.Fatalf("%s: no job", file)
	return nil
}

// plugin is a Sonobuoy plugin definition, as its documentation has it ("Sonobuoy Plugins", and the plugin manifest of its Go package manifest; v0.57).
type plugin struct {
	Config struct {
		Driver       string   `json:"driver"`
		PluginName   string   `json:"plugin-name"`
		ResultFormat string   `json:"result-format,omitempty"`
		ResultFiles  []string `json:"result-files,omitempty"`
		SkipCleanup  bool     `json:"skip-cleanup,omitempty"`
		SourceURL    string   `json:"source-url,omitempty"`
		Description  string   `json:"description,omitempty"`
		Order        int      `json:"order,omitempty"`
	} `json:"sonobuoy-config"`
	Spec         corev1.Container  `json:"spec"`
	ExtraVolumes []corev1.Volume   `json:"extra-volumes,omitempty"`
	PodSpec      *corev1.PodSpec   `json:"podSpec,omitempty"`
	ConfigMap    map[string]string `json:"config-map,omitempty"`
}

const (
	shardsFile = "../kubernetes/job.yaml"
	mergeFile  = "../kubernetes/merge.yaml"
)
