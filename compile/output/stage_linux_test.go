package output

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"grauc/backend/backendtest"
)

// TestMain is also the program whose system calls the tests below meddle with: it
// builds on the first thread, so that they can be counted.
func TestMain(m *testing.M) {
	dir := os.Getenv("OUTPUT_TRACED")
	if dir == "" {
		os.Exit(m.Run())
	}
	runtime.LockOSThread()
	fmt.Println("built:", Write(dir, latter(), func(*os.Root) []string { return []string{"old/5"} }))
}

func former() []File {
	return files("a/1", "old", "b/3", "old", "old/5", "old", "report", "old", "same", "same")
}

func latter() []File {
	return files("a/1", "new", "a/2", "new", "b/3", "new", "c/d/4", "new", "same", "same", "report", "new")
}

// content is a tree as a map, with what is not a plain file told by its mode.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && p == dir {
			return nil
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		text := info.Mode().String()
		if d.Type().IsRegular() {
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			text += string(data)
		}
		m[rel] = text
		return nil
	}))
	return m
}

// meddle runs a build of latter over former, or over nothing, under strace, that
// does something to the n-th call of one kind. It tells what the build said, and
// whether there was such a call.
func meddle(t *testing.T, over bool, call, what string, n int) (dir, said string, done bool) {
	t.Helper()
	dir = prepared(t, over)
	log := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command(backendtest.Tool(t, "strace"), "-f", "-qq", "-o", log, "-e", "trace="+call,
		"-e", fmt.Sprintf("inject=%s:%s:when=%d", call, what, n), os.Args[0])
	cmd.Env = append(os.Environ(), "OUTPUT_TRACED="+dir)
	out, err := cmd.CombinedOutput()
	killed := strings.Contains(fmt.Sprint(err), "killed")
	if err != nil && !killed {
		t.Skipf("system calls cannot be traced here: %v\n%s", err, out)
	}
	calls, err := os.ReadFile(log)
	require.NoError(t, err)
	return dir, string(out), killed || strings.Contains(string(calls), "INJECTED")
}

// prepared is a place to build into.
func prepared(t *testing.T, over bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	if over {
		mustWrite(t, dir, former(), none)
		foreign(t, dir)
	}
	return dir
}

// foreign puts into dir what is not of a build.
func foreign(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "theirs", "deep"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "theirs", "deep", "file"), []byte("theirs"), 0o640))
	require.NoError(t, os.Symlink("deep/file", filepath.Join(dir, "theirs", "link")))
	require.NoError(t, unix.Mkfifo(filepath.Join(dir, "theirs", "pipe"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "theirs", "empty"), 0o700))
}

// wholes are the trees before and after a build.
func wholes(t *testing.T, over bool) (before, after map[string]string) {
	t.Helper()
	dir := prepared(t, over)
	before = content(t, dir)
	mustWrite(t, dir, latter(), stale("old/5"))
	return before, content(t, dir)
}

// calls are those by which a build changes anything, and how each may fail.
var calls = map[string]string{"mkdirat": "ENOSPC", "write": "ENOSPC", "linkat": "EPERM", "fchmod": "EPERM",
	"utimensat": "EPERM", "renameat2": "EINVAL", "unlinkat": "EACCES"}

func scene(over bool) string {
	if over {
		return "over a former build"
	}
	return "where nothing was"
}

// A build dies before each of its system calls in turn. What it leaves is the
// former tree or the new one, to the last file, and the next build finishes and
// sweeps.
func TestKilledAtAnySystemCall(t *testing.T) {
	for _, over := range []bool{false, true} {
		t.Run(scene(over), func(t *testing.T) {
			t.Parallel()
			before, after := wholes(t, over)
			left := map[bool]int{}
			for call := range calls {
				for n := 1; ; n++ {
					dir, _, killed := meddle(t, over, call, "signal=SIGKILL", n)
					if !killed {
						break
					}
					now := content(t, dir)
					if !maps.Equal(now, before) && !maps.Equal(now, after) {
						t.Fatalf("killed before %s %d the build leaves %v", call, n, now)
					}
					left[maps.Equal(now, after)]++
					mustWrite(t, dir, latter(), stale("old/5"))
					if now := content(t, dir); !maps.Equal(now, after) {
						t.Fatalf("after a kill before %s %d the next build makes %v", call, n, now)
					}
					noStages(t, dir)
				}
			}
			t.Logf("killed %d times before the one step, %d times after it", left[false], left[true])
			if left[false] < 10 || left[true] == 0 {
				t.Error("the kills missed the build")
			}
		})
	}
}

// Each system call fails in turn. A build that says so has changed nothing; one that
// does not is whole.
func TestAnySystemCallFails(t *testing.T) {
	for _, over := range []bool{false, true} {
		t.Run(scene(over), func(t *testing.T) {
			t.Parallel()
			before, after := wholes(t, over)
			refused := 0
			for call, errno := range calls {
				for n := 1; ; n++ {
					dir, said, failed := meddle(t, over, call, "error="+errno, n)
					if !failed || said == "" {
						break // the last write is that of what the build says
					}
					want := after
					if !strings.Contains(said, "<nil>") {
						want = before
						refused++
					}
					now := content(t, dir)
					if _, stays := want["old/5"]; !stays && call == "unlinkat" {
						delete(now, "old") // an empty directory may stay
					}
					if !maps.Equal(now, want) {
						t.Fatalf("%s %d fails, the build says %q and leaves %v", call, n, said, now)
					}
				}
			}
			if refused < 5 {
				t.Errorf("only %d builds failed", refused)
			}
		})
	}
}

func inode(t *testing.T, elements ...string) uint64 {
	t.Helper()
	info, err := os.Lstat(filepath.Join(elements...))
	require.NoError(t, err)
	return info.Sys().(*syscall.Stat_t).Ino
}

func modTime(t *testing.T, elements ...string) time.Time {
	t.Helper()
	info, err := os.Lstat(filepath.Join(elements...))
	require.NoError(t, err)
	return info.ModTime()
}

func TestWhatIsNotOursComesAlong(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mustWrite(t, dir, former(), none)
	foreign(t, dir)
	require.NoError(t, os.Chmod(dir, 0o711))
	past := time.Unix(1000000000, 0)
	kept := []string{"same", "theirs", "theirs/deep", "theirs/deep/file", "theirs/pipe", "theirs/empty"}
	for _, p := range kept {
		require.NoError(t, os.Chtimes(filepath.Join(dir, p), past, past))
	}
	attributed := unix.Setxattr(filepath.Join(dir, "theirs"), "user.note", []byte("mine"), 0) == nil
	was := inode(t, dir)
	inodes := map[string]uint64{}
	for _, p := range append(kept, "theirs/link") {
		inodes[p] = inode(t, dir, p)
	}
	mustWrite(t, dir, latter(), none)
	if inode(t, dir) == was {
		t.Error("the directory was changed in place")
	}
	for _, p := range kept {
		if !modTime(t, dir, p).Equal(past) {
			t.Errorf("%s has another time", p)
		}
	}
	for _, p := range []string{"same", "theirs/deep/file", "theirs/pipe", "theirs/link"} {
		if inode(t, dir, p) != inodes[p] {
			t.Errorf("%s is another file", p)
		}
	}
	for p, mode := range map[string]fs.FileMode{".": 0o711, "theirs": 0o750, "theirs/deep": 0o750, "theirs/deep/file": 0o640, "theirs/empty": 0o700} {
		info, err := os.Stat(filepath.Join(dir, p))
		require.NoError(t, err)
		if info.Mode().Perm() != mode {
			t.Errorf("%s has the permissions %v, want %v", p, info.Mode().Perm(), mode)
		}
	}
	value := make([]byte, 10)
	if n, _ := unix.Getxattr(filepath.Join(dir, "theirs"), "user.note", value); attributed && string(value[:max(n, 0)]) != "mine" {
		t.Error("the directory has lost its attribute")
	}
	noStages(t, dir)
}

func TestNothingChangedNothingTouched(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mustWrite(t, dir, former(), none)
	past := time.Unix(1000000000, 0)
	for _, d := range []string{filepath.Dir(dir), dir, filepath.Join(dir, "a")} {
		require.NoError(t, os.Chtimes(d, past, past))
	}
	was := inode(t, dir)
	mustWrite(t, dir, former(), none)
	if inode(t, dir) != was || !modTime(t, dir).Equal(past) || !modTime(t, dir, "a").Equal(past) || !modTime(t, filepath.Dir(dir)).Equal(past) {
		t.Error("a build that changes nothing has touched something")
	}
}

func TestWhatAppearsMeanwhileStays(t *testing.T) {
	parent := t.TempDir()
	out := filepath.Join(parent, "out")
	mustWrite(t, out, former(), none)
	foreign(t, out)
	s, err := newStage(parent, 0o700)
	require.NoError(t, err)
	defer s.close()
	c := copier{parent: s.parent, old: "out", new: s.name, seen: map[string]fs.FileInfo{}}
	require.NoError(t, c.copy("."))
	require.NoError(t, s.change(files("a/1", "new"), []string{"old/5"}))
	require.NoError(t, os.MkdirAll(filepath.Join(out, "new", "dir"), 0o777))
	for p, text := range map[string]string{"new/dir/x": "appeared", "old/x": "appeared", "saved": "again"} {
		require.NoError(t, os.WriteFile(filepath.Join(out, p), []byte(text), 0o666))
	}
	require.NoError(t, os.WriteFile(filepath.Join(out, "same~"), []byte("saved"), 0o666))
	require.NoError(t, os.Rename(filepath.Join(out, "same~"), filepath.Join(out, "same"))) // as editors save
	require.NoError(t, s.moveTo(out, unix.RENAME_EXCHANGE))
	c.old, c.new = c.new, c.old
	require.NoError(t, c.discard("."))
	require.NoError(t, os.RemoveAll(filepath.Join(out, "theirs")))
	wantTree(t, out, "a/1", "new", "b/3", "old", "report", "old", "same", "saved",
		"new/dir/x", "appeared", "old/x", "appeared", "saved", "again")
	noStages(t, out)
}

func TestSweepLeavesWhatIsInUseAndWhatIsNotOurs(t *testing.T) {
	parent := t.TempDir()
	mine := filepath.Join(parent, stagePrefix+"mine")
	require.NoError(t, os.Mkdir(mine, 0o777))
	running, err := newStage(parent, 0o777)
	require.NoError(t, err)
	stage := filepath.Join(parent, running.name)
	require.NoError(t, os.MkdirAll(filepath.Join(stage, "shut", "in"), 0o777))
	require.NoError(t, os.Chmod(filepath.Join(stage, "shut"), 0o500))
	for i, there := range []bool{true, false} {
		mustWrite(t, filepath.Join(parent, "out"), files("a", fmt.Sprint(i)), none)
		if _, err := os.Stat(stage); (err == nil) != there {
			t.Errorf("a stage in use: %v, is there: %v", there, err == nil)
		}
		running.close()
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error("a directory that no build made is gone")
	}
}

// The current directory and those above it keep their inode: a shell that works
// there would otherwise find itself nowhere.
func TestCurrentDirectoryStays(t *testing.T) {
	if dir := os.Getenv("OUTPUT_DIR"); dir != "" {
		require.NoError(t, os.Chdir(filepath.Join(dir, os.Getenv("OUTPUT_AT"))))
		mustWrite(t, os.Getenv("OUTPUT_AS"), latter(), stale("old/5"))
		return
	}
	dir := filepath.Join(t.TempDir(), "out")
	for at, as := range map[string]string{".": ".", "theirs": "..", "theirs/deep": "../../../out"} {
		require.NoError(t, os.RemoveAll(dir))
		_, after := wholes(t, true)
		mustWrite(t, dir, former(), none)
		foreign(t, dir)
		was := inode(t, dir)
		run(t, "TestCurrentDirectoryStays", dir, "OUTPUT_AT="+at, "OUTPUT_AS="+as)
		if inode(t, dir) != was || !maps.Equal(content(t, dir), after) {
			t.Errorf("built into %s from %s: %v", as, at, content(t, dir))
		}
		noStages(t, dir)
	}
}

func TestLinkToTheDestinationStays(t *testing.T) {
	parent := t.TempDir()
	require.NoError(t, os.Symlink("real", filepath.Join(parent, "out")))
	err := Write(filepath.Join(parent, "out"), former(), none)
	if err == nil || !strings.Contains(err.Error(), "leads nowhere") {
		t.Errorf("error %v", err)
	}
	mustWrite(t, filepath.Join(parent, "real"), former(), none)
	mustWrite(t, filepath.Join(parent, "out"), files("a/1", "new"), none)
	if to, err := os.Readlink(filepath.Join(parent, "out")); to != "real" || err != nil {
		t.Errorf("the link is %q, %v", to, err)
	}
	wantTree(t, filepath.Join(parent, "real"), "a/1", "new", "b/3", "old", "old/5", "old", "report", "old", "same", "same")
}

// unprivileged runs a test again in a process that permissions hold for.
func unprivileged(t *testing.T, test, dir string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), "OUTPUT_DIR="+dir)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}
	}
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Skipf("no process without privileges: %v", err)
	}
	return string(out)
}

func TestPermissions(t *testing.T) {
	if dir := os.Getenv("OUTPUT_DIR"); dir != "" {
		fmt.Println("built:", Write(dir, latter(), stale("old/5")))
		return
	}
	for _, c := range []struct{ shut, want string }{
		{"..", "built: <nil>"}, // file by file
		{".", "permission denied"},
		{"a", "permission denied"},
		{"old", "permission denied"},
		{"theirs", "built: <nil>"},
	} {
		t.Run(c.shut, func(t *testing.T) {
			before, after := wholes(t, true)
			dir := filepath.Join(t.TempDir(), "out")
			mustWrite(t, dir, former(), none)
			foreign(t, dir)
			was := inode(t, dir)
			shut := filepath.Join(dir, c.shut)
			info, err := os.Stat(shut)
			require.NoError(t, err)
			require.NoError(t, os.Chmod(shut, 0o555))
			said := unprivileged(t, "TestPermissions", dir)
			require.NoError(t, os.Chmod(shut, info.Mode()))
			if !strings.Contains(said, c.want) {
				t.Errorf("the build says %q, want %q", said, c.want)
			}
			want := before
			if strings.Contains(c.want, "nil") {
				want = after
			}
			if now := content(t, dir); !maps.Equal(now, want) {
				t.Errorf("the build leaves %v", now)
			}
			if c.shut == ".." && inode(t, dir) != was {
				t.Error("an unwritable parent was written")
			}
			noStages(t, dir)
		})
	}
}

// Builds into a directory and into one inside it, at once.
func TestNestedDestinations(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	dirs := []string{out, filepath.Join(out, "sub"), filepath.Join(out, "sub", "x", "y")}
	var wg sync.WaitGroup
	for _, dir := range dirs {
		wg.Go(func() {
			for i := range 30 {
				if err := Write(dir, files("f", fmt.Sprint(i), "report", fmt.Sprint(i)), none); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	wantTree(t, out, "f", "29", "report", "29", "sub/f", "29", "sub/report", "29", "sub/x/y/f", "29", "sub/x/y/report", "29")
}

// BenchmarkWrite writes into a new directory and over a former build.
func BenchmarkWrite(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		dir := filepath.Join(b.TempDir(), fmt.Sprint(i))
		if err := Write(dir, former(), none); err != nil {
			b.Fatal(err)
		}
		if err := Write(dir, latter(), none); err != nil {
			b.Fatal(err)
		}
	}
}
