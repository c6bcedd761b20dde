package conformance

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestKilledBuilds kills builds at random moments. After the next build, of
// another file, the outputs of the killed one are those of before or of after,
// never some of each.
func TestKilledBuilds(t *testing.T) {
	grauc := command(t)
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	write := func(shift int) {
		text := fmt.Sprintf("layer a : int12 scale 2^-8 -> int8 scale 1/16 = silu(x - %d)\n"+
			"layer b : int12 scale 2^-8 -> int8 scale 1/16 = tanh(x - %d)\n", shift, shift)
		writeFile(t, text, dir, "a.grau")
	}
	writeFile(t, "layer z : int4 -> int4 = x\n", dir, "z.grau")

	wholes := make([]map[string]string, 2)
	var full time.Duration
	for v := range wholes {
		write(v)
		begin := time.Now()
		must(t, dir, grauc, "build", "a.grau")
		full = time.Since(begin)
		wholes[v] = outputsOf(t, out, "a")
	}
	if maps.Equal(wholes[0], wholes[1]) {
		t.Fatal("both versions are the same")
	}
	random := rand.New(rand.NewPCG(3, 4))
	seen := map[int]int{}
	for i := range 40 {
		write(i % 2)
		cmd := exec.Command(grauc, "build", "a.grau")
		cmd.Dir = dir
		require.NoError(t, cmd.Start())
		time.Sleep(time.Duration(random.Int64N(int64(full) * 5 / 4)))
		cmd.Process.Kill()
		cmd.Wait()
		must(t, dir, grauc, "build", "-t", "c", "z.grau")
		now := outputsOf(t, out, "a")
		switch {
		case maps.Equal(now, wholes[0]):
			seen[0]++
		case maps.Equal(now, wholes[1]):
			seen[1]++
		default:
			t.Fatalf("after kill %d the outputs are a mixture", i)
		}
	}
	t.Logf("left as version 0 and 1: %v", seen)
	left, _ := filepath.Glob(filepath.Join(out, ".grauc-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// command builds grauc once for a test.
func command(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "grauc")
	must(t, "..", "go", "build", "-o", path, "./cmd/grauc")
	return path
}

// outputsOf are the outputs of one source, by path.
func outputsOf(t *testing.T, dir, source string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		name := filepath.Base(p)
		if err != nil || d.IsDir() || !strings.HasPrefix(name, source+"_") && !strings.HasPrefix(name, source+".") {
			return err
		}
		data, err := os.ReadFile(p)
		found[p] = string(data)
		return err
	})
	require.NoError(t, err)
	return found
}

// TestParallelBuilds builds two versions into one directory at once.
func TestParallelBuilds(t *testing.T) {
	grauc := command(t)
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	wholes := make([]map[string]string, 2)
	for v := range wholes {
		writeFile(t, fmt.Sprintf("layer a : int8 scale 1/8 -> int8 scale 1/16 = silu(x - %d)\n", v), dir, fmt.Sprint(v), "a.grau")
		must(t, dir, grauc, "build", filepath.Join(fmt.Sprint(v), "a.grau"))
		wholes[v] = outputsOf(t, out, "a")
	}
	for range 10 {
		var both []*exec.Cmd
		for v := range wholes {
			cmd := exec.Command(grauc, "build", filepath.Join(fmt.Sprint(v), "a.grau"))
			cmd.Dir = dir
			require.NoError(t, cmd.Start())
			both = append(both, cmd)
		}
		for _, cmd := range both {
			require.NoError(t, cmd.Wait())
		}
		if now := outputsOf(t, out, "a"); !maps.Equal(now, wholes[0]) && !maps.Equal(now, wholes[1]) {
			t.Fatal("the outputs are a mixture")
		}
	}
}

// TestTinyDisk builds onto a file system that is too small, where the system lets
// us make one.
func TestTinyDisk(t *testing.T) {
	grauc := command(t)
	dir := t.TempDir()
	writeFile(t, "layer z : int4 -> int4 = x\n", dir, "z.grau")
	var b strings.Builder
	for i := range 30 {
		fmt.Fprintf(&b, "layer a%d : int12 scale 2^-8 -> int8 scale 1/16 = silu(x - %d)\n", i, i)
	}
	writeFile(t, b.String(), dir, "a.grau")
	script := `mkdir out && mount -t tmpfs -o size=256k none out || exit 77
$0 build -t c z.grau || exit 1
cp -r out before
$0 build a.grau; status=$?
diff -r before out || exit 2
test -z "$(ls -A out | grep build)" || exit 3
test $status = 1 || exit 4`
	cmd := exec.Command("unshare", "--mount", "--map-root-user", "sh", "-c", script, grauc)
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); ok && (exit.ExitCode() == 77 || strings.HasPrefix(string(said), "unshare:")) {
		t.Skipf("no file system can be mounted here: %s", said)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if !strings.Contains(string(said), "no space left") {
		t.Errorf("the build on a full disk says:\n%s", said)
	}
}
