package check_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/lang/check"
)

func TestHistogram(t *testing.T) {
	for _, c := range []struct {
		input, file string
		want        []ir.Bin
	}{
		{"int8", `{"codes": [-128, 0, 2, 127], "counts": [3, 0, 5, 1]}`,
			[]ir.Bin{{First: -128, Last: -128, Count: 3}, {First: 2, Last: 2, Count: 5}, {First: 127, Last: 127, Count: 1}}},
		{"int32", `{"counts": [3e3, 4], "codes": [-2147483648, 2147483647]}`,
			[]ir.Bin{{First: -1 << 31, Last: -1 << 31, Count: 3000}, {First: 1<<31 - 1, Last: 1<<31 - 1, Count: 4}}},
		// The counts together are multiplied to 2^32 at most, and the last edge belongs to the last bin.
		{"int24", `{"edges": [-10.5, 0, 0.5, 20], "counts": [1, 1, 2]}`,
			[]ir.Bin{{First: -10, Last: -1, Count: 1 << 30}, {First: 0, Last: 0, Count: 1 << 30}, {First: 1, Last: 20, Count: 1 << 31}}},
		// Parts of bins outside of the format count for the rest, and empty bins may be anywhere.
		{"uint8", `{"edges": [-1000, -500, 2.5, 1000, 1001], "counts": [0, 4294967295, 1, 0]}`,
			[]ir.Bin{{First: 0, Last: 2, Count: 4294967295}, {First: 3, Last: 255, Count: 1}}},
	} {
		t.Chdir(t.TempDir())
		write(t, "h.json", c.file)
		write(t, "main.grau", fmt.Sprintf("data d = \"h.json\"\nlayer a : %s -> int8 = x + d.counts[0] { fit = rmse weight = \"h.json\" }\nlayer b : %[1]s -> int4 = x { weight = \"h.json\" fit = rmse }\n", c.input))
		r := check.Load("main.grau")
		require.Empty(t, r.Diagnostics)
		require.Equal(t, &ir.Histogram{File: "h.json", Bins: c.want}, r.Module.Layers[0].Options.Weight.Histogram)
		require.Len(t, r.Module.Files, 2, "the file is read once")
	}
}

// The wider the output, the less may be counted.
func TestHistogramOfWideOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "h.json", `{"edges": [0, 1, 2], "counts": [1000, 24]}`)
	write(t, "main.grau", "layer a : int8 -> int16 = x { fit = rmse weight = \"h.json\" }\n")
	r := check.Load("main.grau")
	require.Empty(t, r.Diagnostics)
	require.Equal(t, []ir.Bin{{First: 0, Last: 0, Count: 1000 << 18}, {First: 1, Last: 2, Count: 24 << 18}}, r.Module.Layers[0].Options.Weight.Histogram.Bins)
}
