package output

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		data, err := os.ReadFile(p)
		m[filepath.ToSlash(rel)] = string(data)
		return err
	})
	require.NoError(t, err)
	return m
}

func files(pairs ...string) []File {
	var fs []File
	for i := 0; i < len(pairs); i += 2 {
		fs = append(fs, File{Path: pairs[i], Data: []byte(pairs[i+1])})
	}
	return fs
}

func none(*os.Root) []string { return nil }

func stale(paths ...string) Stale { return func(*os.Root) []string { return paths } }

func mustWrite(t *testing.T, dir string, fs []File, s Stale) {
	t.Helper()
	require.NoError(t, Write(dir, fs, s))
}

func wantTree(t *testing.T, dir string, pairs ...string) {
	t.Helper()
	want := map[string]string{}
	for _, f := range files(pairs...) {
		want[f.Path] = string(f.Data)
	}
	if got := tree(t, dir); !maps.Equal(got, want) {
		t.Errorf("the directory holds %q, want %q", got, want)
	}
}

func TestWriteReplacesAndRemovesStale(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "out")
	mustWrite(t, dir, files("c/a.c", "1", "verilog/a.v", "1", "report.json", "1"), none)
	mine := filepath.Join(dir, "verilog", "mine.txt")
	require.NoError(t, os.WriteFile(mine, []byte("mine"), 0o666))
	mustWrite(t, dir, files("go/a.go", "2", "report.json", "2"), stale("c/a.c", "verilog/a.v", "absent", "../deep", "go/a.go"))
	wantTree(t, dir, "go/a.go", "2", "report.json", "2", "verilog/mine.txt", "mine")
	if _, err := os.Stat(filepath.Join(dir, "c")); err == nil {
		t.Error("the emptied directory c is still there")
	}
}

func TestUnchangedFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, files("a", "same", "b", "old"), none)
	past := time.Unix(1000000000, 0)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "a"), past, past))
	mustWrite(t, dir, files("a", "same", "b", "new"), none)
	info, err := os.Stat(filepath.Join(dir, "a"))
	require.NoError(t, err)
	if !info.ModTime().Equal(past) {
		t.Error("an unchanged file was written again")
	}
	wantTree(t, dir, "a", "same", "b", "new")
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(dir string) error
		files   []File
		want    string
	}{
		{"climbs out", nil, files("../x", ""), "does not lie below"},
		{"absolute", nil, files("/x", ""), "does not lie below"},
		{"newline", nil, files("a\nb", ""), "file names should not"},
		{"staging area", nil, files(stagePrefix+"x/a", ""), "reserved"},
		{"journal", nil, files(journalPrefix+"x/a", ""), "reserved"},
		{"one file twice", nil, files("A", "", "a", ""), "would be one file"},
		{"file above file", nil, files("a/b", "", "a", ""), "which is a file"},
		{"directory in the way", func(d string) error { return os.Mkdir(filepath.Join(d, "a"), 0o777) }, files("a", ""), "is a directory"},
		{"file in the way", func(d string) error { return os.WriteFile(filepath.Join(d, "a"), nil, 0o666) }, files("a/b", ""), "where a directory is needed"},
		{"link out", func(d string) error { return os.Symlink("/", filepath.Join(d, "a")) }, files("a/b", ""), "symbolic link"},
		{"dangling link", func(d string) error { return os.Symlink("nowhere", filepath.Join(d, "a")) }, files("a/b", ""), "symbolic link"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, files("keep", "old"), none)
			if c.prepare != nil {
				require.NoError(t, c.prepare(dir))
			}
			err := Write(dir, append(files("keep", "new"), c.files...), none)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if data, _ := os.ReadFile(filepath.Join(dir, "keep")); string(data) != "old" {
				t.Errorf("the former file holds %q", data)
			}
			noStages(t, dir)
		})
	}
}

// noStages looks for what builds make for themselves in and beside dir.
func noStages(t *testing.T, dir string) {
	t.Helper()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		left, _ := filepath.Glob(filepath.Join(d, ownPrefix+"*"))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestDestinationIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if err := Write(dir, files("a", ""), none); err == nil || !strings.Contains(err.Error(), "is a file, not a directory") {
			t.Errorf("Write(%s): %v", dir, err)
		}
	}
}

func TestLinksInsideAreFollowedAndLinkedFilesReplaced(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	require.NoError(t, os.WriteFile(outside, []byte("victim"), 0o666))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o777))
	require.NoError(t, os.Symlink("real", filepath.Join(dir, "c")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "report.json")))
	mustWrite(t, dir, files("c/a.c", "1", "report.json", "2"), none)
	if data, _ := os.ReadFile(filepath.Join(dir, "real", "a.c")); string(data) != "1" {
		t.Errorf("real/a.c holds %q", data)
	}
	if data, _ := os.ReadFile(outside); string(data) != "victim" {
		t.Errorf("the file behind the link was written: %q", data)
	}
}

func TestFailureOfTheFirstBuildLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	limited(t, "TestFailureOfTheFirstBuildLeavesNothing", func() {
		err := Write(os.Getenv("OUTPUT_DIR"), files("a", "small", "b", strings.Repeat("x", 1<<16)), none)
		fmt.Print("error: ", err)
	}, filepath.Join(parent, "x", "out"), "file too large")
	if left := tree(t, parent); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(filepath.Join(parent, "x")); err == nil {
		t.Error("the directories made for the build are left behind")
	}
}

func TestFullDiskLeavesTheFormerBuild(t *testing.T) {
	dir := t.TempDir()
	if os.Getenv("OUTPUT_DIR") == "" {
		mustWrite(t, dir, files("a", "1", "b", "1"), none)
	}
	limited(t, "TestFullDiskLeavesTheFormerBuild", func() {
		err := Write(os.Getenv("OUTPUT_DIR"), files("a", "2", "b", strings.Repeat("x", 1<<16)), none)
		fmt.Print("error: ", err)
	}, dir, "file too large")
	wantTree(t, dir, "a", "1", "b", "1")
}

// A build that renames one by one, because it works in the current directory, dies
// after each rename in turn; the next build first brings back the former one, even
// when it fails itself.
func TestKilledBuildIsUndone(t *testing.T) {
	if dir := os.Getenv("OUTPUT_DIR"); dir != "" {
		afterRename = func(p string) {
			if p == os.Getenv("OUTPUT_DIE_AT") {
				os.Exit(9)
			}
		}
		os.Chdir(dir)
		Write(".", files("a/1", "new", "a/2", "new", "b/3", "new", "c/4", "new"), stale("old/5"))
		return
	}
	for _, at := range []string{"a/1", "a/2", "b/3", "c/4"} {
		dir := t.TempDir()
		former := []string{"a/1", "old", "b/3", "old", "old/5", "old"}
		mustWrite(t, dir, files(former...), none)
		run(t, "TestKilledBuildIsUndone", dir, "OUTPUT_DIE_AT="+at)
		if data, _ := os.ReadFile(filepath.Join(dir, filepath.FromSlash(at))); string(data) != "new" {
			t.Fatalf("the build did not die after renaming %s", at)
		}
		asked := false
		mustWrite(t, dir, files("a/1", "old"), func(*os.Root) []string {
			asked = true
			wantTree(t, dir, former...)
			return nil
		})
		if !asked {
			t.Error("no recovery")
		}
		wantTree(t, dir, former...)
	}
}

func TestUndoRepeatsSafely(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, files("a", "old", "b", "old"), none)
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	s := &journal{root: root, dir: journalPrefix + "test"}
	next := files("a", "new", "b", "new", "c", "new")
	require.NoError(t, s.fill(next, nil))
	require.NoError(t, s.commit(next, nil))
	if err := s.undoOne(0, '=', "a"); err != nil { // an undo that dies here
		t.Fatal(err)
	}
	mustWrite(t, dir, nil, none)
	wantTree(t, dir, "a", "old", "b", "old")
}

func TestUnfinishedJournalUndoesNothing(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, files("a", "mine", journalPrefix[1:]+"x", ""), none)
	half := filepath.Join(dir, journalPrefix+"half")
	require.NoError(t, os.MkdirAll(half, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(half, "journal"), []byte("+a\n"), 0o666))
	mustWrite(t, dir, nil, none)
	wantTree(t, dir, "a", "mine", journalPrefix[1:]+"x", "")
}

// Many builds at once, the first of them into no directory: in the end there is one
// that holds one of them, unmixed.
func TestConcurrentBuildsDoNotMix(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	var paths []string
	for i := range 20 {
		paths = append(paths, fmt.Sprintf("d%d/f%d", i%3, i))
	}
	var wg sync.WaitGroup
	for b := range 8 {
		wg.Go(func() {
			var fs []File
			for _, p := range paths {
				fs = append(fs, File{Path: p, Data: []byte{byte('A' + b)}})
			}
			if err := Write(dir, fs, func(root *os.Root) []string {
				seen := map[string]bool{}
				for _, p := range paths {
					data, _ := root.ReadFile(p)
					seen[string(data)] = true
				}
				if len(seen) != 1 {
					t.Errorf("a build found a mixture: %v", seen)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	held := slices.Collect(maps.Values(tree(t, dir)))
	slices.Sort(held)
	if len(held) != len(paths) || held[0] != held[len(held)-1] {
		t.Errorf("the directory holds %q", held)
	}
	noStages(t, dir)
}

// run runs one test of this package again, in a process of its own.
func run(t *testing.T, test, dir string, env ...string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(append(os.Environ(), "OUTPUT_DIR="+dir), env...)
	out, _ := cmd.CombinedOutput()
	return string(out)
}
