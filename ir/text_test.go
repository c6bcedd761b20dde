package ir_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"grauc/ir/datapath"
	"grauc/ir/irtest"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
	"grauc/ir/text"
)

// form is one kind of text, with the type of its module hidden.
type form struct {
	name   string
	random func(*rand.Rand) any
	print  func(any) string
	parse  func(string) (any, error)
	verify func(any) error
}

func formOf[M any](name string, random func(*rand.Rand) *M, print func(*M) string, parse func(string) (*M, error), verify func(*M) error) form {
	return form{
		name:   name,
		random: func(r *rand.Rand) any { return random(r) },
		print:  func(m any) string { return print(m.(*M)) },
		parse:  func(s string) (any, error) { return parse(s) },
		verify: func(m any) error { return verify(m.(*M)) },
	}
}

var forms = []form{
	formOf("spec", irtest.Spec, spec.Print, spec.Parse, spec.Verify),
	formOf("steps", irtest.Steps, steps.Print, steps.Parse, steps.Verify),
	formOf("pwl", irtest.PWL, pwl.Print, pwl.Parse, pwl.Verify),
	formOf("datapath", irtest.Design, datapath.Print, datapath.Parse, datapath.Verify),
	formOf("module", irtest.Module, datapath.PrintModule, datapath.ParseModule, datapath.VerifyModule),
}

func formNamed(t testing.TB, name string) form {
	for _, f := range forms {
		if f.name == name {
			return f
		}
	}
	t.Fatalf("no form %q", name)
	return form{}
}

func TestParseIsTheInverseOfPrint(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(1000) {
				m := f.random(rand.New(rand.NewPCG(seed, 1)))
				if err := f.verify(m); err != nil {
					t.Fatalf("seed %d: the generator made a module that does not verify: %v\n%s", seed, err, f.print(m))
				}
				printed := f.print(m)
				back, err := f.parse(printed)
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, printed)
				}
				if d := difference(reflect.ValueOf(m), reflect.ValueOf(back)); d != "" {
					t.Fatalf("seed %d: differs at %s\n%s", seed, d, printed)
				}
				if again := f.print(back); again != printed {
					t.Fatalf("seed %d: printed again it is\n%s\nnot\n%s", seed, again, printed)
				}
			}
		})
	}
}

// difference is the path of the first difference between two values, or "". An
// empty slice equals a missing one; big numbers are compared by value.
func difference(a, b reflect.Value) string {
	if a.Kind() != b.Kind() || a.Type() != b.Type() {
		return " (types)"
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		return differenceOfPointers(a, b)
	case reflect.Struct:
		for i := range a.NumField() {
			if d := difference(a.Field(i), b.Field(i)); d != "" {
				return "." + a.Type().Field(i).Name + d
			}
		}
		return ""
	case reflect.Slice:
		if a.Len() != b.Len() {
			return fmt.Sprintf(" (lengths %d and %d)", a.Len(), b.Len())
		}
		for i := range a.Len() {
			if d := difference(a.Index(i), b.Index(i)); d != "" {
				return fmt.Sprintf("[%d]%s", i, d)
			}
		}
		return ""
	default:
		if !a.Equal(b) {
			return fmt.Sprintf(" (%v and %v)", a, b)
		}
		return ""
	}
}

func differenceOfPointers(a, b reflect.Value) string {
	if a.IsNil() || b.IsNil() {
		if a.IsNil() != b.IsNil() {
			return " (nil)"
		}
		return ""
	}
	switch x := a.Interface().(type) {
	case *big.Rat:
		if y := b.Interface().(*big.Rat); x.Cmp(y) != 0 {
			return fmt.Sprintf(" (%s and %s)", x, y)
		}
		return ""
	case *big.Int:
		if y := b.Interface().(*big.Int); x.Cmp(y) != 0 {
			return fmt.Sprintf(" (%s and %s)", x, y)
		}
		return ""
	}
	return difference(a.Elem(), b.Elem())
}

// A field that no random module uses could be missing from the texts unnoticed.
func TestRandomModulesUseEveryField(t *testing.T) {
	used := map[string]bool{}
	for _, f := range forms {
		for seed := range uint64(300) {
			collect(reflect.ValueOf(f.random(rand.New(rand.NewPCG(seed, 3)))), used)
		}
	}
	for field, yes := range used {
		if !yes {
			t.Errorf("no random module uses %s", field)
		}
	}
	if len(used) < 100 {
		t.Errorf("only %d fields found", len(used))
	}
}

// collect notes the fields of every struct of ours, and which of them are not zero.
func collect(v reflect.Value, used map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), used)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), used)
		}
	case reflect.Struct:
		if !strings.HasPrefix(v.Type().PkgPath(), "grauc/") {
			return
		}
		for i := range v.NumField() {
			name := v.Type().String() + "." + v.Type().Field(i).Name
			used[name] = used[name] || !v.Field(i).IsZero()
			collect(v.Field(i), used)
		}
	}
}

// A text with a hole is either still a text, and then prints and parses to the
// same, or the error has a place in it.
func TestBrokenTexts(t *testing.T) {
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, 7))
			for range 1000 {
				checkText(t, f, damage(r, f.print(f.random(r))))
			}
		})
	}
}

func damage(r *rand.Rand, s string) string {
	from := r.IntN(len(s))
	to := min(len(s), from+r.IntN(12))
	insert := []string{"", "", "{", "}", "\"", "0", "-", "//", "\x00", "9999999999999999999999", "1e999999999"}
	return s[:from] + insert[r.IntN(len(insert))] + s[to:]
}

// checkText holds for every string. What is read may not verify, but verifying and
// printing it are safe.
func checkText(t *testing.T, f form, s string) {
	t.Helper()
	m, err := f.parse(s)
	if err != nil {
		checkPlace(t, s, err)
		return
	}
	if err := f.verify(m); err != nil && err.Error() == "" {
		t.Fatalf("a fault without a message in\n%s", s)
	}
	printed := f.print(m)
	back, err := f.parse(printed)
	if err != nil {
		t.Fatalf("%v\nin the print of\n%s\nwhich is\n%s", err, s, printed)
	}
	if d := difference(reflect.ValueOf(m), reflect.ValueOf(back)); d != "" {
		t.Fatalf("differs at %s\n%s\nprinted\n%s", d, s, printed)
	}
}

func checkPlace(t *testing.T, s string, err error) {
	t.Helper()
	var at *text.Error
	if !errors.As(err, &at) {
		t.Fatalf("%v has no place", err)
	}
	lines := strings.Split(s, "\n")
	if at.Line < 1 || at.Line > len(lines) || at.Column < 1 || at.Column > len(lines[at.Line-1])+1 {
		t.Fatalf("%v is not in the text\n%s", err, s)
	}
}

func fuzz(f *testing.F, name string) {
	form := formNamed(f, name)
	for seed := range uint64(20) {
		f.Add(form.print(form.random(rand.New(rand.NewPCG(seed, 2)))))
	}
	f.Fuzz(func(t *testing.T, s string) { checkText(t, form, s) })
}

func FuzzSpec(f *testing.F)     { fuzz(f, "spec") }
func FuzzSteps(f *testing.F)    { fuzz(f, "steps") }
func FuzzPWL(f *testing.F)      { fuzz(f, "pwl") }
func FuzzDatapath(f *testing.F) { fuzz(f, "datapath") }
func FuzzModule(f *testing.F)   { fuzz(f, "module") }

func BenchmarkSteps(b *testing.B) {
	m := irtest.BigSteps()
	printed := steps.Print(m)
	b.Run("print", func(b *testing.B) {
		b.SetBytes(int64(len(printed)))
		for b.Loop() {
			steps.Print(m)
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(printed)))
		for b.Loop() {
			if _, err := steps.Parse(printed); err != nil {
				b.Fatal(err)
			}
		}
	})
}
