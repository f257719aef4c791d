package manifests

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// What the types cannot say: what of a job's parts has to fit another. The rules are those of the API reference.
func TestTheJobsOfKubernetes(t *testing.T) {
	t.Parallel()
	shards, merge := jobOf(t, shardsFile), jobOf(t, mergeFile)
	spec := shards.Spec
	switch {
	case spec.CompletionMode == nil || *spec.CompletionMode != batchv1.IndexedCompletion:
		t.Error("the shards' job is not indexed: no pod would know which shard it is")
	case spec.Completions == nil || spec.Parallelism == nil:
		t.Error("an indexed job wants completions, and this one parallelism")
	case *spec.Completions != *spec.Parallelism:
		t.Errorf("completions %d, parallelism %d: want all shards at the same time", *spec.Completions, *spec.Parallelism)
	case env(containerOf(t, shards), "CONFORMANCE_SHARDS") != strconv.Itoa(int(*spec.Completions)):
		t.Errorf("CONFORMANCE_SHARDS is %q, completions are %d", env(containerOf(t, shards), "CONFORMANCE_SHARDS"), *spec.Completions)
	case spec.BackoffLimitPerIndex == nil:
		t.Error("FailIndex wants backoffLimitPerIndex")
	case spec.PodReplacementPolicy == nil || *spec.PodReplacementPolicy != batchv1.Failed:
		t.Error("a shard may begin again while its lost pod still uses the same servers")
	}
	for _, rule := range spec.PodFailurePolicy.Rules {
		if (rule.OnExitCodes == nil) == (len(rule.OnPodConditions) == 0) {
			t.Errorf("rule %q has to be about exit codes or about conditions", rule.Action)
		}
		if codes := rule.OnExitCodes; codes != nil {
			if codes.ContainerName == nil || *codes.ContainerName != containerOf(t, shards).Name {
				t.Errorf("rule %q is about no container of the pod", rule.Action)
			}
			if !slices.IsSorted(codes.Values) || slices.Contains(codes.Values, 0) {
				t.Errorf("exit codes %v: wanted them in order, and without 0", codes.Values)
			}
		}
	}
	for _, job := range []*batchv1.Job{shards, merge} {
		pod := job.Spec.Template.Spec
		if pod.RestartPolicy != corev1.RestartPolicyNever {
			t.Errorf("%s: restartPolicy %q: a pod failure policy wants Never", job.Name, pod.RestartPolicy)
		}
		if faults := validation.IsDNS1123Label(job.Name); faults != nil {
			t.Errorf("%s: %v", job.Name, faults)
		}
		sound(t, job.Name, containerOf(t, job), pod.Volumes)
	}
	if claim := claimOf(shards); claim == "" || claim != claimOf(merge) {
		t.Errorf("the shards write to volume claim %q, merge reads %q", claimOf(shards), claimOf(merge))
	}
}

func TestThePluginOfSonobuoy(t *testing.T) {
	t.Parallel()
	for i, p := range plugins(t, 3) {
		n := strconv.Itoa(i + 1)
		if p.Config.Driver != "Job" || p.Config.ResultFormat != "junit" || !slices.Equal(p.Config.ResultFiles, []string{"junit.xml"}) || p.Config.PluginName != "resize-conformance-"+n {
			t.Errorf("plugin %s: %+v", n, p.Config)
		}
		if faults := validation.IsDNS1123Label(p.Config.PluginName); faults != nil {
			t.Errorf("%s: %v", p.Config.PluginName, faults)
		}
		if got := env(&p.Spec, "CONFORMANCE_SHARD"); got != n+"/3" {
			t.Errorf("plugin %s: CONFORMANCE_SHARD is %q", n, got)
		}
		results := slices.IndexFunc(p.Spec.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == "results" })
		if results < 0 || p.Spec.VolumeMounts[results].MountPath != "/tmp/sonobuoy/results" {
			t.Error("the volume that Sonobuoy's worker reads is not where it looks")
		}
		sound(t, p.Config.PluginName, &p.Spec, append(slices.Clone(p.ExtraVolumes), corev1.Volume{Name: "results"})) // which Sonobuoy adds
	}
}

// sound looks at what every container wants.
func sound(t *testing.T, of string, c *corev1.Container, volumes []corev1.Volume) {
	t.Helper()
	if c.Image == "" || validation.IsDNS1123Label(c.Name) != nil {
		t.Errorf("%s: container %q of image %q", of, c.Name, c.Image)
	}
	for _, m := range c.VolumeMounts {
		if !strings.HasPrefix(m.MountPath, "/") || !slices.ContainsFunc(volumes, func(v corev1.Volume) bool { return v.Name == m.Name }) {
			t.Errorf("%s: there is no volume %q to be mounted at %q", of, m.Name, m.MountPath)
		}
	}
	for _, v := range volumes {
		if !slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return v.Name == m.Name }) {
			t.Errorf("%s: volume %q is mounted nowhere", of, v.Name)
		}
	}
	for _, v := range c.Env {
		if faults := validation.IsEnvVarName(v.Name); faults != nil {
			t.Errorf("%s: %s: %v", of, v.Name, faults)
		}
	}
	if path := env(c, "CONFORMANCE_INVENTORY"); path != "" && !slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return strings.HasPrefix(path, m.MountPath+"/") }) {
		t.Errorf("%s: the inventory %s is on no volume", of, path)
	}
}

func containerOf(t *testing.T, job *batchv1.Job) *corev1.Container {
	t.Helper()
	if n := len(job.Spec.Template.Spec.Containers); n != 1 {
		t.Fatalf("%s: %d containers, want one", job.Name, n)
	}
	return &job.Spec.Template.Spec.Containers[0]
}

func claimOf(job *batchv1.Job) string {
	for _, v := range job.Spec.Template.Spec.Volumes {
		if v.PersistentVolumeClaim != nil {
			return v.PersistentVolumeClaim.ClaimName
		}
	}
	return ""
}

func env(c *corev1.Container, name string) string {
	for _, v := range c.Env {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}

// A mistake is seen: the types are the published ones, and strict.
func TestMistakesAreSeen(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		"apiVersion: batch/v1\nkind: Job\nspec: {completionmode: Indexed}",
		"apiVersion: batch/v1\nkind: Job\nspec: {completions: four}",
		"apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {containers: [{name: a, comand: [sh]}]}}}",
		"apiVersion: batch/v1\nkind: Job\nspec: {completions: 1}\nspec: {completions: 2}",
	} {
		if err := unmarshal([]byte(document), &batchv1.Job{}); err == nil {
			t.Errorf("not seen: %s", document)
		}
	}
}
