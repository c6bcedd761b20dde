package conformance

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A probe is a compiled program around the emitted code of files, whose layers it numbers
// throughout. It reads spans, four 64-bit integers each, and answers with a 32-bit output
// for every code. It computes each output twice, by the function for one code and by the
// one for many, and ends with status 3 where they differ.

// question is spans of a program whose first layer has the number base.
type question struct {
	*program
	base  int64
	spans []span
}

// questions are those to a probe of programs.
func questions(programs []*program, of func(*program) []span) []question {
	var all []question
	base := int64(0)
	for _, p := range programs {
		all = append(all, question{p, base, of(p)})
		base += int64(len(p.PWL.Layers))
	}
	return all
}

// ask feeds spans to a probe and compares what it answers.
func ask(t *testing.T, questions []question, name string) {
	t.Helper()
	cmd := exec.Command(name)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	go tell(in, questions)
	answers := &answers{from: bufio.NewReaderSize(out, 1<<16)}
	for _, q := range questions {
		if !answers.compare(t, q) {
			break
		}
	}
	io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, tail(errors.String()))
	}
}

// tell writes questions as a probe reads them. One that ends early fails by itself.
func tell(to io.WriteCloser, questions []question) {
	b := bufio.NewWriterSize(to, 1<<16)
	for _, q := range questions {
		for _, s := range q.spans {
			for _, v := range [...]int64{q.base + s.layer, s.channel, s.first, s.count} {
				b.Write(binary.LittleEndian.AppendUint64(b.AvailableBuffer(), uint64(v)))
			}
		}
	}
	b.Flush()
	to.Close()
}

// answers are outputs as a probe writes them.
type answers struct {
	from *bufio.Reader
	some []byte // of those read
}

func (a *answers) next() (int64, error) {
	if len(a.some) < 4 {
		if _, err := a.from.Peek(4); err != nil {
			return 0, err
		}
		a.some, _ = a.from.Peek(a.from.Buffered() &^ 3)
		a.from.Discard(len(a.some))
	}
	y := int64(int32(binary.LittleEndian.Uint32(a.some)))
	a.some = a.some[4:]
	return y, nil
}

// compare reports the first few differences, and whether there were all answers.
func (a *answers) compare(t *testing.T, q question) bool {
	t.Helper()
	wrong, ended := 0, false
	outputs(q.PWL, q.spans, func(s span, x, want int64) {
		if ended {
			return
		}
		got, err := a.next()
		if ended = err != nil; ended {
			t.Errorf("no answer for %s.%s[%d](%d): %v", q.name, q.PWL.Layers[s.layer].Name, s.channel, x, err)
			return
		}
		if got == want {
			return
		}
		if wrong++; wrong <= 5 {
			t.Errorf("%s.%s[%d](%d) = %d, want %d", q.name, q.PWL.Layers[s.layer].Name, s.channel, x, got, want)
		}
	})
	if wrong > 5 {
		t.Errorf("%s: %d outputs differ", q.name, wrong)
	}
	return !ended
}

func allSpans(p *program) []span {
	var all []span
	for i, l := range p.PWL.Layers {
		all = append(all, spans(i, l)...)
	}
	return all
}

// wholeSpans are all inputs of the layers of 17 to 24 bits, which spans only tries.
func wholeSpans(p *program) []span {
	var all []span
	for i, l := range p.PWL.Layers {
		if l.Input.Width <= 16 || l.Input.Width > 24 {
			continue
		}
		for c := range l.Channels {
			all = append(all, span{int64(i), int64(c), l.Input.Min(), int64(l.Input.Count())})
		}
	}
	return all
}

// function is a layer as the emitted code declares it.
type function struct {
	name, x, y string
	channels   bool
}

var (
	prototypeC = regexp.MustCompile(`(?m)^(u?int\d+_t) (\w+)\((u?int\d+_t) x(, size_t channel)?\);`)
	functionGo = regexp.MustCompile(`(?m)^func (\w+)\(x (u?int\d+)(, channel int)?\) (u?int\d+) \{`)
)

// prototypes are the functions that a C header declares, in the order of layers.
func prototypes(t *testing.T, p *program) []function {
	var fs []function
	for _, m := range prototypeC.FindAllStringSubmatch(readFile(t, p.path("c", p.name+".h")), -1) {
		fs = append(fs, function{name: m[2], x: m[3], y: m[1], channels: m[4] != ""})
	}
	return checked(t, p, fs)
}

func checked(t *testing.T, p *program, fs []function) []function {
	t.Helper()
	if len(fs) != len(p.PWL.Layers) {
		t.Fatalf("%s: %d functions are declared for %d layers", p.name, len(fs), len(p.PWL.Layers))
	}
	for i, l := range p.PWL.Layers {
		if fs[i].channels != (l.Layer.Channels > 0) {
			t.Errorf("%s: %s: channels = %v", p.name, fs[i].name, fs[i].channels)
		}
	}
	return fs
}

// probeC is the probe of programs in C.
func probeC(t *testing.T, programs []*program) string {
	var headers, calls, layers strings.Builder
	k := 0
	for _, p := range programs {
		fmt.Fprintf(&headers, "#include %q\n", p.path("c", p.name+".h"))
		for _, f := range prototypes(t, p) {
			channel := ""
			if f.channels {
				channel = ", channel"
			}
			fmt.Fprintf(&calls, probeCalls, k, f.x, channel, f.name)
			fmt.Fprintf(&layers, "\t{one_%d, many_%d, %s, %s},\n", k, k, kindOf(f.x), kindOf(f.y))
			k++
		}
	}
	return headers.String() + probeHead + calls.String() + "\nstatic const struct layer layers[] = {\n" + layers.String() + "};\n" + probeMain
}

// kindOf names a type of C as an element of an array: its bits and whether it has a sign.
func kindOf(t string) string {
	return strings.ToUpper(strings.TrimSuffix(t, "_t"))
}

const probeCalls = `
static int64_t one_%[1]d(int64_t x, size_t channel) { (void)channel; return %[4]s((%[2]s)x%[3]s); }
static void many_%[1]d(const void *x, void *y, size_t n, size_t channel) { (void)channel; %[4]s_n(x, y, n%[3]s); }
`

const probeHead = `
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 4099 };
enum kind { INT8, UINT8, INT16, UINT16, INT32, UINT32 };

struct layer {
	int64_t (*one)(int64_t x, size_t channel);
	void (*many)(const void *x, void *y, size_t n, size_t channel);
	enum kind x, y;
};
`

const probeMain = `
static const size_t sizes[] = {1, 1, 2, 2, 4, 4};

static void put(void *to, enum kind kind, int64_t i, int64_t code)
{
	switch (kind) {
	case INT8: ((int8_t *)to)[i] = (int8_t)code; break;
	case UINT8: ((uint8_t *)to)[i] = (uint8_t)code; break;
	case INT16: ((int16_t *)to)[i] = (int16_t)code; break;
	case UINT16: ((uint16_t *)to)[i] = (uint16_t)code; break;
	case INT32: ((int32_t *)to)[i] = (int32_t)code; break;
	case UINT32: ((uint32_t *)to)[i] = (uint32_t)code; break;
	}
}

static int64_t get(const void *from, enum kind kind, int64_t i)
{
	switch (kind) {
	case INT8: return ((const int8_t *)from)[i];
	case UINT8: return ((const uint8_t *)from)[i];
	case INT16: return ((const int16_t *)from)[i];
	case UINT16: return ((const uint16_t *)from)[i];
	case INT32: return ((const int32_t *)from)[i];
	case UINT32: return ((const uint32_t *)from)[i];
	}
	exit(6);
}

/* The arrays are as long as they must be, so that the sanitizers see what goes beyond. */
static void serve(const struct layer *l, size_t channel, int64_t first, int64_t n)
{
	static int32_t out[CHUNK];
	void *x = malloc((size_t)n * sizes[l->x]), *y = malloc((size_t)n * sizes[l->y]);
	if (x == NULL || y == NULL)
		exit(4);
	for (int64_t i = 0; i < n; i++)
		put(x, l->x, i, first + i);
	l->many(x, y, (size_t)n, channel);
	for (int64_t i = 0; i < n; i++) {
		int64_t code = get(y, l->y, i);
		if (l->one(first + i, channel) != code)
			exit(3);
		out[i] = (int32_t)code;
	}
	if (fwrite(out, sizeof out[0], (size_t)n, stdout) != (size_t)n)
		exit(4);
	free(x);
	free(y);
}

int main(void)
{
	int64_t s[4];
	while (fread(s, sizeof s, 1, stdin) == 1)
		for (int64_t done = 0; done < s[3]; done += CHUNK)
			serve(&layers[s[0]], (size_t)s[1], s[2] + done, s[3] - done < CHUNK ? s[3] - done : CHUNK);
	return fflush(stdout) == 0 ? 0 : 4;
}
`

// probeGo is the probe in Go of the packages emitted/NAME.
func probeGo(t *testing.T, programs []*program) string {
	var imports, cases strings.Builder
	k := 0
	for i, p := range programs {
		fmt.Fprintf(&imports, "\te%d %q\n", i, "probe/emitted/"+p.name)
		for _, f := range functionsGo(t, p) {
			channel := ""
			if f.channels {
				channel = ", int(s.Channel)"
			}
			fmt.Fprintf(&cases, probeCase, k, f.x, f.y, fmt.Sprintf("e%d.%s", i, f.name), channel)
			k++
		}
	}
	return fmt.Sprintf(probeGoText, imports.String(), cases.String())
}

func functionsGo(t *testing.T, p *program) []function {
	var fs []function
	for _, m := range functionGo.FindAllStringSubmatch(readFile(t, p.path("go", p.name, p.name+".go")), -1) {
		fs = append(fs, function{name: m[1], x: m[2], y: m[4], channels: m[3] != ""})
	}
	return checked(t, p, fs)
}

const probeCase = `		case %d:
			xs, ys := make([]%[2]s, s.Count), make([]%[3]s, s.Count)
			for i := range xs {
				xs[i] = %[2]s(s.First + int64(i))
			}
			%[4]sN(ys, xs%[5]s)
			for i, x := range xs {
				answer(%[4]s(x%[5]s), ys[i])
			}
`

const probeGoText = `package main

import (
	"bufio"
	"encoding/binary"
	"os"

%s)

var out = bufio.NewWriterSize(os.Stdout, 1<<16)

func answer[Y ~int8 | ~int16 | ~int32 | ~uint8 | ~uint16 | ~uint32](one, many Y) {
	if one != many {
		os.Exit(3)
	}
	var word [4]byte
	binary.LittleEndian.PutUint32(word[:], uint32(int32(one)))
	out.Write(word[:])
}

func main() {
	in := bufio.NewReader(os.Stdin)
	var s struct{ Layer, Channel, First, Count int64 }
	for binary.Read(in, binary.LittleEndian, &s) == nil {
		switch s.Layer {
%s		default:
			os.Exit(5)
		}
	}
	if out.Flush() != nil {
		os.Exit(4)
	}
}
`
