// Package archtest holds the import graph as policy: a package may import of this
// module, and of other people's, what is written here and nothing else.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A line names packages and what they may import: "a/..." is a and everything
// below it, other patterns are those of path.Match. The first line that fits a
// package holds. The standard library is free to all; tests are free too.
const policy = `
	stdlib         :
	lang/diag      :
	lang           : lang/diag github.com/alecthomas/participle/...
	lang/check     : lang lang/diag stdlib ir ir/real ir/spec
	lang/*         : lang lang/diag

	# The levels know each other downwards only, and nobody else.
	ir             :
	ir/real        : ir
	ir/real/*test  : ir ir/real
	ir/text        : ir
	ir/spec        : ir ir/text ir/real
	ir/steps       : ir ir/text
	ir/pwl         : ir ir/text ir/steps
	ir/datapath    : ir ir/text
	ir/irtest      : ir/...

	# Passes know the levels, not where a program comes from or goes to. Those that
	# lower from one level to the next have packages of their own and do not know
	# each other; advice asks them what would be if.
	passes         : ir/... passes/*
	passes/advise  : ir/... passes/golden passes/fit
	passes/*/*test : ir/...
	passes/*       : ir/...

	# Backends see what they are to emit and what their tests compare with; only
	# the list of targets, which adds the programs that are targets, sees the backends.
	backend        : ir ir/pwl ir/datapath
	backend/targets: ir ir/pwl ir/datapath report backend backend/*
	backend/llvm   : ir ir/steps ir/pwl ir/datapath backend github.com/llir/llvm/...
	backend/*      : ir ir/steps ir/pwl ir/datapath backend

	# What proves fits shares nothing with the fitter.
	certify        : ir ir/steps ir/pwl

	# What puts all together.
	report         : ir ir/pwl certify
	prove          : ir ir/steps ir/pwl ir/datapath backend prove/*
	prove/aig      :
	prove/netlist  : prove/aig
	prove/sat      :
	compile/output : golang.org/x/...
	compile        : lang/... ir/... passes/... backend/... certify report compile/* golang.org/x/...
	cmd/*          : lang/... ir/... passes/... backend/... certify report prove compile/... github.com/spf13/... golang.org/x/...

	archtest       :
	conformance    : ir/... passes/... backend/... report compile/...
	bench/...      : bench/doc bench/synth ir/... passes/... backend/... certify prove report compile/...
`

const module = "grauc/"

type rule struct {
	packages string
	may      []string
}

func rules(t *testing.T) []rule {
	var all []rule
	for line := range strings.Lines(policy) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		packages, may, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("policy line without a colon: %s", line)
		}
		all = append(all, rule{strings.TrimSpace(packages), strings.Fields(may)})
	}
	return all
}

func fits(pattern, pkg string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == below || strings.HasPrefix(pkg, below+"/")
	}
	ok, err := path.Match(pattern, pkg)
	return ok && err == nil
}

// find is the first rule for a package, or nil.
func find(all []rule, pkg string) *rule {
	i := slices.IndexFunc(all, func(r rule) bool { return fits(r.packages, pkg) })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func (r *rule) allows(imported string) bool {
	name, ours := strings.CutPrefix(imported, module)
	if first, _, _ := strings.Cut(imported, "/"); !ours && !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(r.may, func(p string) bool { return fits(p, name) })
}

func TestImports(t *testing.T) {
	all := rules(t)
	for pkg, imports := range packages(t, "..") {
		r := find(all, pkg)
		if r == nil {
			t.Errorf("package %s: the policy says nothing about it", pkg)
			continue
		}
		for _, imported := range imports {
			if !r.allows(imported) {
				t.Errorf("package %s imports %s; it may import only: %s", pkg, imported, strings.Join(r.may, " "))
			}
		}
	}
}

// packages maps each package of the module to what its files other than tests
// import.
func packages(t *testing.T, root string) map[string][]string {
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if file != root && (name == "testdata" || name == "vendor" || name[0] == '.' || name[0] == '_') {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		pkg, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg = filepath.ToSlash(pkg)
		found[pkg] = append(found[pkg], importsOf(t, file)...)
		return nil
	})
	require.NoError(t, err)
	return found
}

func importsOf(t *testing.T, file string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	require.NoError(t, err)
	var imports []string
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		imports = append(imports, imported)
	}
	return imports
}

// The policy itself must refuse what the design forbids, whatever is imported at
// the moment.
func TestPolicyRefuses(t *testing.T) {
	all := rules(t)
	for _, c := range []struct{ pkg, imported string }{
		{"lang/diag", "grauc/ir"},
		{"stdlib", "grauc/lang"},
		{"ir/steps", "grauc/ir/spec"},
		{"ir/pwl", "grauc/passes"},
		{"ir/datapath", "grauc/lang"},
		{"passes", "grauc/lang"},
		{"passes/fit", "grauc/lang/diag"},
		{"passes/lower", "grauc/backend"},
		{"backend", "grauc/passes"},
		{"backend/c", "grauc/backend/verilog"},
		{"backend/c", "grauc/ir/spec"},
		{"backend/verilog", "grauc/lang/diag"},
		{"backend/targets", "grauc/passes"},
		{"ir/text", "github.com/alecthomas/participle/v2"},
		{"backend/targets", "grauc/compile"},
		{"compile", "grauc/cmd/grauc"},
	} {
		r := find(all, c.pkg)
		if r == nil || r.allows(c.imported) {
			t.Errorf("the policy lets %s import %s", c.pkg, c.imported)
		}
	}
}

// The README draws the house; every room is in it.
func TestReadmeNamesEveryFolder(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if os.IsNotExist(err) {
		t.Skip("there is no README.md")
	}
	require.NoError(t, err)
	entries, err := os.ReadDir("..")
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() && e.Name()[0] != '.' && e.Name() != "out" && !strings.Contains(string(readme), e.Name()+"/") {
			t.Errorf("README.md does not mention %s/", e.Name())
		}
	}
}
