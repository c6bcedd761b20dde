package conformance

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestKilledBuilds kills builds at random moments, half of them in or right before
// the writing. Without any help of a next build, the directory is that of before or
// of after, to the last file; the next build leaves nothing of the killed one beside
// it.
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

	wholes := make([]map[string]string, 3) // the last one is no directory at all
	var full time.Duration
	for v := range wholes[:2] {
		write(v)
		require.NoError(t, os.RemoveAll(out))
		must(t, dir, grauc, "build", "-t", "c", "z.grau")
		writeFile(t, "mine", out, "c", "note.txt")
		begin := time.Now()
		must(t, dir, grauc, "build", "a.grau")
		full = time.Since(begin)
		wholes[v] = treeOf(t, out)
	}
	require.NotEqual(t, wholes[0], wholes[1])
	alone := make([]map[string]string, 2)
	for v := range alone {
		write(v)
		require.NoError(t, os.RemoveAll(out))
		must(t, dir, grauc, "build", "a.grau")
		alone[v] = treeOf(t, out)
	}
	random := rand.New(rand.NewPCG(3, 4))
	seen := map[string]int{}
	for i := range 60 {
		v, fresh := i%2, i%3 == 0
		former, latter := wholes[1-v], wholes[v]
		require.NoError(t, os.RemoveAll(out))
		if fresh {
			former, latter = nil, alone[v]
		} else {
			must(t, dir, grauc, "build", "-t", "c", "z.grau")
			writeFile(t, "mine", out, "c", "note.txt")
			write(1 - v)
			must(t, dir, grauc, "build", "a.grau")
		}
		write(v)
		killed(t, dir, grauc, out, full, random)
		switch now := treeOf(t, out); {
		case maps.Equal(now, former):
			seen["former"]++
		case maps.Equal(now, latter):
			seen["latter"]++
		default:
			t.Fatalf("after kill %d the directory holds %v, neither what it did nor what it would", i, slices.Sorted(maps.Keys(now)))
		}
		must(t, dir, grauc, "build", "a.grau")
		require.Equal(t, latter, treeOf(t, out))
		left, _ := filepath.Glob(filepath.Join(dir, ".grauc-*"))
		inside, _ := filepath.Glob(filepath.Join(out, ".grauc-*"))
		require.Empty(t, append(left, inside...))
	}
	t.Logf("left: %v", seen)
}

// killed runs a build and kills it: at some moment of the time that a whole one
// takes, or soon after something appears beside its directory.
func killed(t *testing.T, dir, grauc, out string, full time.Duration, random *rand.Rand) {
	t.Helper()
	cmd := exec.Command(grauc, "build", "a.grau")
	cmd.Dir = dir
	require.NoError(t, cmd.Start())
	wait := time.Duration(random.Int64N(int64(full) * 5 / 4))
	if random.IntN(2) == 0 {
		for begin := time.Now(); time.Since(begin) < full; time.Sleep(50 * time.Microsecond) {
			if left, _ := filepath.Glob(filepath.Join(dir, ".grauc-*")); len(left) > 0 {
				break
			}
		}
		wait = time.Duration(random.Int64N(int64(2 * time.Millisecond)))
	}
	time.Sleep(wait)
	cmd.Process.Kill()
	cmd.Wait()
}

// treeOf is all that is in a directory, by path; nil for none.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		return nil
	}
	return outputsOf(t, dir, "")
}

// command builds grauc once for a test.
func command(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "grauc")
	must(t, "..", "go", "build", "-o", path, "./cmd/grauc")
	return path
}

// outputsOf are the outputs of one source, by path, or all files for "".
func outputsOf(t *testing.T, dir, source string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		name := filepath.Base(p)
		if err != nil || d.IsDir() || source != "" && !strings.HasPrefix(name, source+"_") && !strings.HasPrefix(name, source+".") {
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
