package datapath

import "testing"

// BenchmarkMachine reports the time of one value: see the metric.
func BenchmarkMachine(b *testing.B) {
	a := NewAuthor("sums")
	v := a.Input("x", Type{Width: 24, Signed: true})
	x := v
	for i := range 64 {
		v = a.Add(a.Type(x), a.Shr(v, i%7), x)
	}
	a.Output("y", v)
	m := NewMachine(a.M)
	b.ResetTimer()
	for i := range b.N {
		m.Eval(int64(i), 0)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(a.M.Nodes)), "ns/value")
}
