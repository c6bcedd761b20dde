package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"grauc/report"
)

// printTable prints what a reader wants to know of each layer, file by file. A
// fault of w is for the caller to find.
func printTable(w io.Writer, r *report.Report) {
	if len(r.Layers) == 0 {
		fmt.Fprintln(w, "no layers: this is a library")
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LAYER\tFUNCTION\tINPUT\tOUTPUT\tAS\tSEGMENTS\tMAX ERROR\tRMSE\tEXACT")
	for _, l := range r.Layers {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			layerName(l), shorten(l.Function, 40), l.Input, l.Output, implementation(l), segmentRange(l), maxError(l), rmse(l), percent(l.Exact))
	}
	t.Flush()
	fmt.Fprintln(w)
}

func layerName(l report.Layer) string {
	name := l.File[:len(l.File)-len(".grau")] + "." + l.Name
	if len(l.Channels) > 1 {
		name += fmt.Sprintf("[%d]", len(l.Channels))
	}
	return name
}

func implementation(l report.Layer) string {
	if l.Unit == nil {
		return l.Implement
	}
	return l.Implement + " on " + *l.Unit
}

func segmentRange(l report.Layer) string {
	low, high := l.Channels[0].Segments, l.Channels[0].Segments
	for _, c := range l.Channels {
		low, high = min(low, c.Segments), max(high, c.Segments)
	}
	if low == high {
		return strconv.Itoa(low)
	}
	return fmt.Sprintf("%d..%d", low, high)
}

// maxError and rmse mark an error that is large.
func maxError(l report.Layer) string {
	return strconv.FormatInt(l.MaxError, 10) + high(l, report.OfMaxError)
}

func rmse(l report.Layer) string {
	text := strconv.FormatFloat(l.RMSE, 'f', 3, 64)
	if l.Weighted != nil {
		text += ", weighted " + strconv.FormatFloat(*l.Weighted, 'f', 3, 64)
	}
	return text + high(l, report.OfRMSE)
}

func high(l report.Layer, of string) string {
	if l.Weakness == nil || l.Weakness.Of != of {
		return ""
	}
	return " (high)"
}

// percent says 100% only of a share that is 1.
func percent(share float64) string {
	s := strconv.FormatFloat(100*share, 'f', 2, 64)
	if s == "100.00" && share < 1 {
		return "<100%"
	}
	return s + "%"
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return s
}
