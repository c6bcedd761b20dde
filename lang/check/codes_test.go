package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/lang/diag"
)

// TestCodesAreInTheTable looks through the compiler's source for the codes it
// gives, so that `grauc explain` knows them all and knows no others.
func TestCodesAreInTheTable(t *testing.T) {
	used := codesUsed(t, "../..")
	for code, where := range used {
		if _, ok := diag.Explain(code); !ok {
			t.Errorf("%s: the code %s is not in the table", where, code)
		}
	}
	for _, c := range diag.Codes() {
		if c.Stage == diag.Below && used[c.Name] == "" {
			t.Errorf("nothing gives the code %s", c.Name)
		}
	}
}

// codesUsed finds string literals that are given as a code: the field of a
// Problem or Diagnostic, a value assigned to one, or the first argument of diag.New or NewWarning.
func codesUsed(t *testing.T, root string) map[string]string {
	t.Helper()
	used := map[string]string{}
	note := func(e ast.Expr, path string) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if code, err := strconv.Unquote(lit.Value); err == nil {
				used[code] = path
			}
		}
	}
	for _, part := range []string{"ir", "passes", "backend", "lang", "compile", "report", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil // a part that does not exist gives no codes
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Code" || key.Name == "code") {
						note(n.Value, path)
					}
				case *ast.AssignStmt:
					if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && to.Sel.Name == "Code" {
						note(n.Rhs[0], path)
					}
				case *ast.CallExpr:
					f, ok := n.Fun.(*ast.SelectorExpr)
					if !ok || len(n.Args) == 0 {
						return true
					}
					if from, ok := f.X.(*ast.Ident); ok && from.Name == "diag" && (f.Sel.Name == "New" || f.Sel.Name == "NewWarning") {
						note(n.Args[0], path)
					}
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
	return used
}
