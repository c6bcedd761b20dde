package real

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write tables.go anew")

const tablePrec = 300

func nearest(a bigInterval) float64 {
	f, _ := a.lo.Float.Float64()
	return f
}

// split gives a as a multiple of 2^-grid and the rest.
func split(a bigInterval, grid int) (hi, lo float64) {
	m := new(big.Float).SetMantExp(a.lo.Float, grid)
	i, _ := m.Int(nil)
	large := new(big.Float).SetPrec(tablePrec).SetInt(i)
	large.SetMantExp(large, -grid)
	hi, _ = large.Float64()
	lo, _ = new(big.Float).SetPrec(tablePrec).Sub(a.lo.Float, large).Float64()
	return hi, lo
}

// nearestAndRest gives a as its nearest float64 and the rest.
func nearestAndRest(a bigInterval) (hi, lo float64) {
	hi = nearest(a)
	lo, _ = new(big.Float).SetPrec(tablePrec).Sub(a.lo.Float, big.NewFloat(hi)).Float64()
	return hi, lo
}

func tables() []byte {
	c := context{tablePrec}
	ratio := func(a, b int64) bigInterval { return c.rat(big.NewRat(a, b)) }
	ln2 := c.log(c.int(2))
	var b bytes.Buffer
	b.WriteString("package real\n\n// Computed from the arbitrary-precision functions; a test holds them to it.\n\nconst (\n")
	constant := func(name string, v float64, comment string) { fmt.Fprintf(&b, "%s = %x // %s\n", name, v, comment) }
	hi, lo := split(ln2, 42)
	constant("ln2Hi", hi, "a multiple of 2^-42")
	constant("ln2Lo", lo, "ln 2 - ln2Hi")
	hi, lo = split(c.mul(ln2, ratio(1, 64)), 36)
	constant("ln2x64Hi", hi, "ln 2 / 64, a multiple of 2^-36")
	constant("ln2x64Lo", lo, "ln 2 / 64 - ln2x64Hi")
	hi, lo = nearestAndRest(c.mul(c.pi(), ratio(1, 2)))
	constant("halfPiHi", hi, "pi / 2")
	constant("halfPiLo", lo, "pi / 2 - halfPiHi")
	factor := c.div(c.int(2), c.sqrt(c.pi()))
	constant("twoOverSqrtPi", nearest(factor), "2 / sqrt(pi)")
	b.WriteString(")\n\n// expTable holds 2^(i/64) in two parts.\nvar expTable = [64][2]float64{\n")
	for i := range int64(64) {
		hi, lo := nearestAndRest(c.exp(c.mul(ln2, ratio(i, 64))))
		fmt.Fprintf(&b, "{%x, %x},\n", hi, lo)
	}
	b.WriteString("}\n\n// logTable holds a reciprocal of 1 + i/128 and the logarithm of its inverse, in two\n" +
		"// parts, the first a multiple of 2^-42. The last entry leaves its ln 2 to the exponent.\n" +
		"var logTable = [129]struct{ reciprocal, hi, lo float64 }{\n")
	for i := range int64(129) {
		r := 128 / float64(128+i)
		inverse := new(big.Rat).Inv(new(big.Rat).SetFloat64(r))
		hi, lo := split(c.log(c.rat(inverse)), 42)
		if i == 128 {
			hi, lo = 0, 0
		}
		fmt.Fprintf(&b, "{%x, %x, %x},\n", r, hi, lo)
	}
	b.WriteString("}\n\n// erfTable holds erf and its derivative at i/16.\nvar erfTable = [97][2]float64{\n")
	for i := range int64(97) {
		x := ratio(i, 16)
		fmt.Fprintf(&b, "{%x, %x},\n", nearest(c.erf(x)), nearest(c.mul(factor, c.exp(c.neg(c.mul(x, x))))))
	}
	b.WriteString("}\n")
	text, err := format.Source(b.Bytes())
	if err != nil {
		panic(err)
	}
	return text
}

func TestTables(t *testing.T) {
	want := tables()
	if *update {
		require.NoError(t, os.WriteFile("tables.go", want, 0o644))
	}
	got, err := os.ReadFile("tables.go")
	require.NoError(t, err)
	if !bytes.Equal(got, want) {
		t.Error("tables.go is not what the arbitrary-precision functions give; run this test with -update")
	}
}
