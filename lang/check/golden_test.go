package check_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"grauc/lang/check"
	"grauc/lang/diag"
)

var update = flag.Bool("update", false, "rewrite the expected diagnostics")

// TestDiagnostics compares what is said about each program of testdata with the
// last part of its archive. An archive is named after a code, which must be among
// those given; a suffix after a dot tells several for one code apart.
func TestDiagnostics(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	for _, name := range archives {
		base := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(base, func(t *testing.T) {
			code, _, _ := strings.Cut(base, ".")
			golden(t, name, code)
		})
	}
}

// setups make what an archive cannot hold.
var setups = map[string]func(t *testing.T){
	"file-kind": func(t *testing.T) {
		require.NoError(t, os.Mkdir("other.grau", 0o777))
		require.NoError(t, syscall.Mkfifo("numbers.json", 0o666))
	},
	"file-outside.link": func(t *testing.T) {
		write(t, "outside.json", `{"a": [1]}`)
		require.NoError(t, os.MkdirAll("inside", 0o777))
		require.NoError(t, os.Symlink("../outside.json", "inside/link.json"))
	},
	"file-unreadable": func(t *testing.T) {
		require.NoError(t, os.Symlink("loop.json", "loop.json"))
	},
	"file-size": func(t *testing.T) {
		for _, name := range []string{"other.grau", "numbers.json"} {
			write(t, name, "")
			require.NoError(t, os.Truncate(name, 100<<20))
		}
	},
	"file-count": func(t *testing.T) {
		var main strings.Builder
		for i := range 257 {
			name := fmt.Sprintf("d%d", i)
			write(t, name+".json", "{}")
			fmt.Fprintf(&main, "data %s = \"%s.json\"\n", name, name)
		}
		write(t, "main.grau", main.String())
	},
	"data-size": func(t *testing.T) {
		write(t, "numbers.json", `{"a": [`+strings.Repeat("0,", 1<<20)+`0]}`)
	},
	"declaration-size": func(t *testing.T) {
		write(t, "main.grau", "fn f(x) = clamp(x"+strings.Repeat(", x", 100000)+")\n")
	},
	"nesting.calls": func(t *testing.T) {
		var down, up strings.Builder
		for i := range 1005 {
			fmt.Fprintf(&down, "fn down%d(x) = down%d(x)\n", i, i+1)
			fmt.Fprintf(&up, "fn up%d(x) = up%d(x)\n", i+1, i)
		}
		write(t, "main.grau", "fn up0(x) = x\n"+up.String()+down.String()+"fn down1005(x) = x\n")
	},
	"nesting": func(t *testing.T) {
		const many = 10000
		write(t, "main.grau", "fn deep(x) = "+strings.Repeat("(", many)+"x"+strings.Repeat(")", many)+
			"\nfn signs(x) = "+strings.Repeat("-", many)+"x"+
			"\nfn powers(x) = x"+strings.Repeat("^x", many)+
			"\nfn choices(x) = "+strings.Repeat("if x > 0 then 1 else ", many)+"x"+
			"\nfn sum(x) = x"+strings.Repeat(" + x", many)+"\n")
	},
}

func golden(t *testing.T, name, code string) {
	name, err := filepath.Abs(name)
	require.NoError(t, err)
	archive, err := txtar.ParseFile(name)
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	files := slices.DeleteFunc(slices.Clone(archive.Files), func(f txtar.File) bool { return f.Name == "want" })
	for _, f := range files {
		write(t, f.Name, string(f.Data))
	}
	if setup := setups[strings.TrimSuffix(filepath.Base(name), ".txtar")]; setup != nil {
		setup(t)
	}
	r := check.Load("main.grau")
	if (r.Module != nil) == diag.HasErrors(r.Diagnostics) {
		t.Error("a program has a module if and only if it has no errors")
	}
	checkDiagnostics(t, r, code)
	var got strings.Builder
	require.NoError(t, diag.Render(&got, r.Diagnostics, r.Sources, false))
	if *update {
		archive.Files = append(files, txtar.File{Name: "want", Data: []byte(got.String())})
		require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o666))
		return
	}
	want := ""
	if last := archive.Files[len(archive.Files)-1]; last.Name == "want" {
		want = string(last.Data)
	}
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}

func checkDiagnostics(t *testing.T, r *check.Result, code string) {
	t.Helper()
	found := false
	for _, d := range r.Diagnostics {
		found = found || d.Code == code
		if d.Help == "" {
			t.Errorf("no help in: %v", d)
		}
		if _, ok := diag.Explain(d.Code); !ok {
			t.Errorf("%s is not in the table of codes", d.Code)
		}
	}
	if !found {
		t.Errorf("no diagnostic has the code %s", code)
	}
}

// TestEveryCodeHasAGolden holds the table and testdata together.
func TestEveryCodeHasAGolden(t *testing.T) {
	for _, c := range diag.Codes() {
		if c.Stage != diag.Language {
			continue
		}
		found, err := filepath.Glob("testdata/" + c.Name + "*.txtar")
		require.NoError(t, err)
		ok := slices.ContainsFunc(found, func(name string) bool {
			code, _, _ := strings.Cut(filepath.Base(name), ".")
			return code == c.Name
		})
		if !ok {
			t.Errorf("no golden test for the code %s", c.Name)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
}
