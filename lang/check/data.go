package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

// maxNumbers is how many numbers the data files of a program may have.
const maxNumbers = 1 << 20

// dataset is what a data file holds.
type dataset struct {
	path, text string
	arrays     []spec.Array
	index      map[string]int // of an array, by name
}

func (d *dataset) array(name string) *spec.Array {
	i, ok := d.index[name]
	if !ok {
		return nil
	}
	return &d.arrays[i]
}

func (d *dataset) names() []string {
	var names []string
	for _, a := range d.arrays {
		names = append(names, a.Name)
	}
	return names
}

// place is where a number of an array stands in the file.
func (d *dataset) place(array string, i int) diag.Span {
	dec := decoder(d.text)
	dec.Token() // the opening brace
	for dec.More() {
		name, _ := dec.Token()
		dec.Token() // the opening bracket
		for n := 0; dec.More(); n++ {
			if t, _ := dec.Token(); name == array && n == i {
				length := len(t.(json.Number))
				return place(d.path, d.text, int(dec.InputOffset())-length, length)
			}
		}
		dec.Token() // the closing bracket
	}
	return diag.Span{File: d.path}
}

// data reads the file of a data declaration.
func (c *checker) data(e *entity) bool {
	e.data = c.dataset(e.file, e.decl.Data.Path)
	return e.data != nil
}

// dataset reads a data file, each once, or tells why it cannot and gives nil.
func (c *checker) dataset(f *file, name lang.Path) *dataset {
	dir := filepath.Dir(f.path)
	path := filepath.Join(dir, name.Text())
	if set, read := c.datasets[path]; read {
		return set
	}
	set := c.readDataset(dir, path, name)
	c.datasets[path] = set
	return set
}

func (c *checker) readDataset(dir, path string, name lang.Path) *dataset {
	at := c.span(name.Node)
	data, _, fault := c.fetch(path, &c.numbers, beside(dir, name.Text()))
	if fault != nil {
		c.report(fault.at(at))
		return nil
	}
	text, ok := c.text(path, data)
	if !ok {
		return nil
	}
	set := &dataset{path: path, text: text, index: map[string]int{}}
	r := &dataReader{path: path, text: text, dec: decoder(text), count: &c.numberCount, set: set}
	if d, bad := r.object(); bad {
		c.report(d.WithNoteAt(at, "it is named here"))
		return nil
	}
	return set
}

func decoder(text string) *json.Decoder {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d
}

// dataReader reads a JSON object of number arrays token by token, so that a fault
// has a place and nesting cannot run deep.
type dataReader struct {
	path, text string
	dec        *json.Decoder
	set        *dataset
	count      *int // of all numbers of the program
}

func (r *dataReader) object() (diag.Diagnostic, bool) {
	if d, bad := r.open('{', "an object of arrays of numbers"); bad {
		return d, true
	}
	for r.dec.More() {
		t, err := r.dec.Token()
		if err != nil {
			return r.syntax(err), true
		}
		name := t.(string) // the decoder accepts nothing else as a key
		if r.set.array(name) != nil {
			return r.here("data-shape", "a second array called %q", name).
				WithHelp("rename one of them"), true
		}
		values, d, bad := r.array(name)
		if bad {
			return d, true
		}
		r.set.index[name] = len(r.set.arrays)
		r.set.arrays = append(r.set.arrays, values)
	}
	if _, err := r.dec.Token(); err != nil {
		return r.syntax(err), true
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return r.here("data-shape", "more text after the object").
			WithHelp("a data file is one JSON object"), true
	}
	return diag.Diagnostic{}, false
}

func (r *dataReader) array(name string) (spec.Array, diag.Diagnostic, bool) {
	a := spec.Array{Name: name}
	if d, bad := r.open('[', fmt.Sprintf("an array of numbers for %q", name)); bad {
		return a, d, true
	}
	for r.dec.More() {
		t, err := r.dec.Token()
		if err != nil {
			return a, r.syntax(err), true
		}
		n, ok := t.(json.Number)
		if !ok {
			return a, r.shape(t, fmt.Sprintf("a number in %q", name)), true
		}
		v, ok := parseDecimal(n.String())
		if !ok {
			return a, r.here("number-size", "the number %s is out of all proportion", shorten(n.String())).
				WithHelp("check the exponent"), true
		}
		if *r.count++; *r.count > maxNumbers {
			return a, r.here("data-size", "more than %d numbers in all data files", maxNumbers).
				WithHelp("leave out what is not needed"), true
		}
		a.Values = append(a.Values, v)
	}
	if _, err := r.dec.Token(); err != nil {
		return a, r.syntax(err), true
	}
	return a, diag.Diagnostic{}, false
}

// open reads the bracket that must come next.
func (r *dataReader) open(bracket json.Delim, what string) (diag.Diagnostic, bool) {
	t, err := r.dec.Token()
	if err != nil {
		return r.syntax(err), true
	}
	if t != bracket {
		return r.shape(t, what), true
	}
	return diag.Diagnostic{}, false
}

func (r *dataReader) shape(found json.Token, expected string) diag.Diagnostic {
	return r.here("data-shape", "expected %s, found %s", expected, describe(found)).
		WithHelp(`a data file looks like { "gamma": [1, 2.5], "beta": [0, -1e-3] }`)
}

func describe(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth value"
	case string:
		return "a string"
	case json.Number:
		return "the number " + shorten(t.String())
	}
	return fmt.Sprintf("`%v`", t)
}

// here is about the byte just read.
func (r *dataReader) here(code, format string, args ...any) diag.Diagnostic {
	at := max(0, int(r.dec.InputOffset())-1)
	return diag.New(code, place(r.path, r.text, min(at, len(r.text)), 1), format, args...)
}

func (r *dataReader) syntax(err error) diag.Diagnostic {
	offset := len(r.text)
	var bad *json.SyntaxError
	message := "the file ends too early"
	if errors.As(err, &bad) {
		offset = min(max(0, int(bad.Offset)-1), len(r.text))
		message = "this is not JSON: " + bad.Error()
	}
	return diag.New("data-syntax", place(r.path, r.text, offset, 1), "%s", message).
		WithHelp("JSON knows decimal numbers alone: no NaN, no infinity, no comments, no comma at the end")
}
