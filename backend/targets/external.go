package targets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/report"
)

// Protocol is the version of what an external target reads and writes.
const Protocol = 1

const (
	prefix   = "grauc-gen-"
	patience = time.Minute
	most     = 256 << 20 // bytes of a response
)

var externalName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// Request is what an external target reads from its standard input.
type Request struct {
	Protocol int            `json:"protocol"`
	Target   string         `json:"target"`
	Name     string         `json:"name"`     // of the file, without .grau
	PWL      string         `json:"pwl"`      // text of the pwl level
	Datapath string         `json:"datapath"` // text of the datapath level
	Report   *report.Report `json:"report"`   // without files
}

// Response is what it writes to its standard output.
type Response struct {
	Files       []ResponseFile       `json:"files"`
	Diagnostics []ResponseDiagnostic `json:"diagnostics"`
}

// ResponseFile has its contents in Text or, where they are not UTF-8, in Base64.
type ResponseFile struct {
	Path   string `json:"path"`
	Text   string `json:"text"`
	Base64 []byte `json:"base64"`
}

// ResponseDiagnostic says why the user's program cannot be emitted.
type ResponseDiagnostic struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Help    string `json:"help"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Length  int    `json:"length"`
}

// external is the target that a program on PATH is.
func external(name, program string) backend.Target {
	return backend.Target{
		Name: name,
		Doc:  "external: " + filepath.Base(program),
		Emit: func(r *backend.Request) (*backend.Response, error) { return ask(name, program, r) },
	}
}

// externals are the targets found on PATH, by name; of two with one name the
// first on PATH counts.
func externals() []backend.Target {
	found := map[string]string{}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		programs, _ := filepath.Glob(filepath.Join(dir, prefix+"*"))
		for _, p := range programs {
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(p), prefix), ".exe")
			if found[name] == "" && externalName.MatchString(name) {
				if path, err := exec.LookPath(p); err == nil {
					found[name] = path
				}
			}
		}
	}
	var targets []backend.Target
	for name, program := range found {
		targets = append(targets, external(name, program))
	}
	sort.Slice(targets, func(i, j int) bool { return targets[i].Name < targets[j].Name })
	return targets
}

func ask(name, program string, r *backend.Request) (*backend.Response, error) {
	described := report.New()
	described.Add(r.PWL, nil, false, nil)
	input, err := json.Marshal(Request{
		Protocol: Protocol,
		Target:   name,
		Name:     r.PWL.Name,
		PWL:      pwl.Print(r.PWL),
		Datapath: datapath.Print(r.Design),
		Report:   described,
	})
	if err != nil {
		return nil, err
	}
	output, err := run(program, input, patience, most)
	if err != nil {
		return nil, failure(name, "%v", err)
	}
	return decode(name, output)
}

// run feeds a program and reads its answer; what it says on standard error goes
// where ours goes.
func run(program string, input []byte, patience time.Duration, most int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(input)
	cmd.Stderr = os.Stderr
	output := limited{most: most, stop: cancel}
	cmd.Stdout = &output
	err := cmd.Run()
	switch {
	case output.over:
		return nil, fmt.Errorf("its answer is longer than %d bytes", most)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("it had no answer after %v", patience)
	case err != nil:
		return nil, err
	}
	return output.buffer.Bytes(), nil
}

// limited is a buffer that stops the writer when it grows too long.
type limited struct {
	buffer bytes.Buffer // not embedded: its ReadFrom would go past Write
	most   int
	stop   func()
	over   bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.buffer.Len()+len(p) > l.most {
		l.over = true
		l.stop()
		return 0, errors.New("too long")
	}
	return l.buffer.Write(p)
}

func decode(name string, output []byte) (*backend.Response, error) {
	d := json.NewDecoder(bytes.NewReader(output))
	d.DisallowUnknownFields()
	var answer Response
	if err := d.Decode(&answer); err != nil {
		return nil, failure(name, "its answer is not what the protocol says: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, failure(name, "something follows its answer")
	}
	if len(answer.Diagnostics) > 0 {
		return nil, refusals(name, answer.Diagnostics)
	}
	response := &backend.Response{}
	for _, f := range answer.Files {
		data := f.Base64
		switch {
		case !filepath.IsLocal(filepath.FromSlash(f.Path)):
			return nil, failure(name, "file %q does not lie below the output directory", f.Path)
		case data == nil:
			data = []byte(f.Text)
		case f.Text != "":
			return nil, failure(name, "file %q has both text and base64", f.Path)
		}
		response.Files = append(response.Files, backend.File{Path: f.Path, Data: data})
	}
	return response, nil
}

func refusals(name string, ds []ResponseDiagnostic) ir.Problems {
	var ps ir.Problems
	for _, d := range ds {
		if d.Code == "" {
			d.Code = "target-refused"
		}
		ps = append(ps, &ir.Problem{
			Code:    d.Code,
			Message: fmt.Sprintf("target %s: %s", name, d.Message),
			At:      ir.Source{File: d.File, Line: d.Line, Column: d.Column, Length: d.Length},
			Help:    d.Help,
		})
	}
	return ps
}

func failure(name, format string, args ...any) *ir.Problem {
	return &ir.Problem{
		Code:    "target-failed",
		Message: fmt.Sprintf("the external target %s failed: %s", name, fmt.Sprintf(format, args...)),
		Help:    "this is a fault of the program " + prefix + name + ", which the compiler found on PATH",
	}
}
