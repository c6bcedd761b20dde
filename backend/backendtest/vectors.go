package backendtest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"grauc/backend"
	"grauc/ir/datapath"
)

// Vector is a run of inputs to one layer and channel, with what comes out.
type Vector struct {
	Layer   int
	Channel int64
	X, Y    []int64
}

// Vectors exercises every layer of a request on all codes of narrow inputs and on
// extreme and random codes of wide ones, on codes outside the format where the
// storage type has any, and on channels the layer does not have.
func Vectors(t *testing.T, r *backend.Request) []Vector {
	var vs []Vector
	for i, l := range r.Design.Layers {
		if err := datapath.VerifyModule(l.Kernel); err != nil {
			t.Fatalf("layer %s: %v", l.Name, err)
		}
		m := datapath.NewMachine(l.Kernel)
		xs := codes(datapath.TypeOf(l.Input.Integer))
		channels := int64(1)
		if l.Channels > 0 {
			channels = int64(l.Channels) + 2
		}
		for c := range channels {
			v := Vector{Layer: i, Channel: c, X: xs}
			for _, x := range xs {
				v.Y = append(v.Y, m.Eval(x, c))
			}
			vs = append(vs, v)
		}
	}
	return vs
}

func codes(t datapath.Type) []int64 {
	stored := backend.Storage(t)
	var xs []int64
	add := func(lo, hi int64) {
		for x := max(lo, stored.Min()); x <= min(hi, stored.Max()); x++ {
			xs = append(xs, x)
		}
	}
	if t.Width <= 8 {
		add(t.Min()-9, t.Max()+9)
		return xs
	}
	for _, x := range []int64{stored.Min(), t.Min(), -256, 0, 256, t.Max(), stored.Max()} {
		add(x-5, x+5)
	}
	g := rand.New(rand.NewPCG(uint64(t.Width), 1))
	for range 300 {
		xs = append(xs, stored.Wrap(int64(g.Uint64())>>g.IntN(64)))
	}
	return xs
}

// Input is what the program of a backend's test reads: for every vector the layer,
// the channel, the number of codes and the codes, as little-endian int64.
func Input(vs []Vector) []byte {
	var b bytes.Buffer
	for _, v := range vs {
		for _, word := range append([]int64{int64(v.Layer), v.Channel, int64(len(v.X))}, v.X...) {
			b.Write(binary.LittleEndian.AppendUint64(nil, uint64(word)))
		}
	}
	return b.Bytes()
}

// Check compares what such a program wrote: for every vector the results one by
// one, then those of the function for arrays.
func Check(t *testing.T, r *backend.Request, vs []Vector, output []byte) {
	t.Helper()
	faults := 0
	for _, v := range vs {
		for _, form := range []string{"one by one", "as an array"} {
			for i, want := range v.Y {
				if len(output) < 8 {
					t.Fatal("the output ends early")
				}
				got := int64(binary.LittleEndian.Uint64(output))
				output = output[8:]
				if got == want {
					continue
				}
				if faults++; faults < 20 {
					t.Errorf("layer %s, %s: x = %d, channel %d: %d instead of %d",
						r.Design.Layers[v.Layer].Name, form, v.X[i], v.Channel, got, want)
				}
			}
		}
	}
	if len(output) > 0 {
		t.Fatal(fmt.Errorf("%d bytes too many", len(output)))
	}
}
