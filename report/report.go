// Package report says what a build made and how good it is: the contents of
// report.json. Everything in it is computed from exact integers, and nothing
// depends on the time, the machine or the place of the build.
package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"path"
	"path/filepath"

	"grauc/certify"
	"grauc/ir"
	"grauc/ir/pwl"
)

// Report is the contents of report.json. Its lists are never null.
type Report struct {
	Layers  []Layer  `json:"layers"`
	Units   []Unit   `json:"units"`
	Files   []File   `json:"files"`
	Sources []Source `json:"sources"`
}

// Quality compares a function with golden over every input code of the format,
// in output codes. RMSE and Exact are the float64 values nearest to the exact
// ones.
type Quality struct {
	MaxError int64   `json:"max_error"`
	RMSE     float64 `json:"rmse"`
	Exact    float64 `json:"exact"` // share of inputs whose output is the golden one
}

// Real is the errors of a Quality in real units: times the scale of the output. They are
// the finite float64 values nearest to the exact ones.
type Real struct {
	RealMax  float64 `json:"max_error_real"`
	RealRMSE float64 `json:"rmse_real"`
}

// Layer is one layer; its Quality is over all its channels.
type Layer struct {
	Name      string  `json:"name"`
	File      string  `json:"file"` // base name of the .grau file
	Function  string  `json:"function"`
	Unit      *string `json:"unit"` // nil for a fixed-function layer
	Implement string  `json:"implement"`
	Why       string  `json:"why"`
	Input     string  `json:"input"`
	Output    string  `json:"output"`
	Weight    *string `json:"weight"` // of the inputs in a fit of least squares; nil where they are all alike
	Quality
	Real
	Weighted *float64  `json:"weighted_rmse,omitempty"` // the root mean square error, weighed by Weight
	Weakness *Weakness `json:"weakness,omitempty"`      // nil for a layer that is accurate, or as accurate as it asks to be
	Channels []Channel `json:"channels"`
}

// Weakness is that a layer's error is large, and what would help. The error is the
// maximum error or, where the layer asks for least squares, the root mean square error,
// weighed as the layer says.
type Weakness struct {
	Of       string   `json:"of"`       // max_error or rmse
	Limit    float64  `json:"limit"`    // an error beyond it is large
	Channel  int      `json:"channel"`  // with the largest error, the first of them
	Channels int      `json:"channels"` // how many are beyond the limit
	Advice   []Advice `json:"advice"`   // changes that would help the channel, the best first
}

// Advice is a change to a layer and the least maximum error it would allow; of a layer
// that asks for least squares, the errors of a fit that was found for it in short time.
type Advice struct {
	Change   string  `json:"change"`
	MaxError int64   `json:"max_error"`
	RMSE     float64 `json:"rmse,omitempty"`
}

// The errors that a weakness may be of.
const (
	OfMaxError = "max_error"
	OfRMSE     = "rmse"
)

// Channel is one function of a layer. Segments counts the segments of a piecewise
// linear function and, where thresholds or a table implement it, the runs of
// equal output. WorstInput is the smallest input code that attains MaxError.
type Channel struct {
	Segments   int   `json:"segments"`
	WorstInput int64 `json:"worst_input"`
	Quality
	Real
	Weighted    *float64             `json:"weighted_rmse,omitempty"`
	Proven      *Proven              `json:"proven_rmse,omitempty"` // where segments or a table approximate
	Certificate *certify.Certificate `json:"certificate"`
}

// Proven is how good the root mean square error of a channel is, weighed as the fit is: no
// other function that the certificate speaks of has less than AtLeast, so that this one is
// too large by at most the share Apart.
type Proven struct {
	AtLeast float64 `json:"at_least"`
	Apart   float64 `json:"apart"`
}

// proven is what a certificate proves of it.
func proven(c *certify.Certificate) *Proven {
	m := c.Mean
	if m == nil {
		return nil
	}
	p := &Proven{AtLeast: (&pwl.Squares{Sum: m.Bound, Weight: m.Weight}).RootMean()}
	if m.Sum > 0 {
		p.Apart = 1 - math.Sqrt(float64(m.Bound)/float64(m.Sum))
	}
	return p
}

// Unit is one reconfigurable unit as declared.
type Unit struct {
	Name      string   `json:"name"`
	File      string   `json:"file"`
	Input     string   `json:"input"`
	Output    string   `json:"output"`
	Implement string   `json:"implement"` // pwl, thresholds or table
	Segments  int      `json:"segments"`
	Terms     int      `json:"terms"`
	Shifts    [2]int   `json:"shifts"` // smallest and largest
	Guard     int      `json:"guard"`
	Style     string   `json:"style"`
	Channels  int      `json:"channels"`
	Layers    []string `json:"layers"` // that run on it
}

// File is a written file other than report.json itself.
type File struct {
	Path   string `json:"path"` // below the output directory, with slashes
	SHA256 string `json:"sha256"`
	Source string `json:"source"` // base name of the .grau file it comes from
	Target string `json:"target"`
}

// Source is a file that was read.
type Source struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// New is a report without contents.
func New() *Report {
	return &Report{Layers: []Layer{}, Units: []Unit{}, Files: []File{}, Sources: []Source{}}
}

// Add adds the layers, units and sources of a compiled file, and the weaknesses of
// layers by their names. Certificates are made thoroughly if so asked; tell, which may be nil, is told how
// many are.
func (r *Report) Add(m *pwl.Module, weak map[string]*Weakness, thoroughly bool, tell func(ir.Progress)) {
	file := m.Name + ".grau"
	for i, certificates := range certify.Module(m, thoroughly, tell) {
		l := layer(file, m.Layers[i], certificates)
		l.Weakness = weak[l.Name]
		r.Layers = append(r.Layers, l)
	}
	for _, u := range m.Units {
		r.Units = append(r.Units, unit(file, u, m.Layers))
	}
	r.AddSources(m.Files)
}

// AddSources adds files that were read.
func (r *Report) AddSources(files []ir.File) {
	for _, f := range files {
		r.Sources = append(r.Sources, Source{Path: placeless(f.Path), SHA256: f.SHA256})
	}
}

// AddFile adds a written file.
func (r *Report) AddFile(name, source, target string, data []byte) {
	r.Files = append(r.Files, File{Path: name, SHA256: Sum(data), Source: source, Target: target})
}

// Sum is the SHA-256 of data as a report states it.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// JSON is the report as text, the same bytes for the same report.
func (r *Report) JSON() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		panic("report: " + err.Error()) // finite numbers and strings always encode
	}
	return b.Bytes()
}

// placeless takes out of a path where on this machine the project lies.
func placeless(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Base(p)
	}
	return path.Clean(filepath.ToSlash(p))
}

func layer(file string, l *pwl.Layer, certificates []*certify.Certificate) Layer {
	r := Layer{
		Name:      l.Name,
		File:      file,
		Function:  l.Function,
		Implement: l.Implement.String(),
		Why:       l.Why,
		Input:     l.Input.String(),
		Output:    l.Output.String(),
		Weight:    weight(&l.Options),
		Channels:  make([]Channel, len(l.Channels)),
	}
	if l.Unit != "" {
		r.Unit = &l.Unit
	}
	for i, c := range l.Channels {
		r.Channels[i] = Channel{
			Segments: c.SegmentCount(), WorstInput: c.Error.At, Proven: proven(certificates[i]), Certificate: certificates[i],
			Quality: quality(c.Error), Real: inReal(c.Error, l.Output.Scale),
		}
	}
	total := l.Total()
	r.Quality, r.Real = quality(total), inReal(total, l.Output.Scale)
	r.weigh()
	return r
}

// weigh states the weighted errors of a layer that weighs its inputs, by what the
// certificates say.
func (r *Layer) weigh() {
	if r.Weight == nil {
		return
	}
	sum, weight := 0., 0.
	for i := range r.Channels {
		m := r.Channels[i].Certificate.Mean
		if m == nil {
			return
		}
		mean := (&pwl.Squares{Sum: m.Sum, Weight: m.Weight}).RootMean()
		r.Channels[i].Weighted = &mean
		sum, weight = sum+float64(m.Sum), weight+float64(m.Weight)
	}
	mean := math.Sqrt(sum / weight)
	r.Weighted = &mean
}

// weight is the weight that a fit heeded, as the program states it, or nil.
func weight(o *ir.Options) *string {
	if o.Weight == nil {
		return nil
	}
	text := o.Weight.String()
	return &text
}

func quality(e pwl.Error) Quality {
	return Quality{MaxError: e.Max, RMSE: RootMean(e.Squares, e.Inputs), Exact: Share(e.Exact, e.Inputs)}
}

// inReal is an error in real units, where an output code is scale of them.
func inReal(e pwl.Error, scale *big.Rat) Real {
	most, _ := new(big.Rat).Mul(new(big.Rat).SetInt64(e.Max), scale).Float64()
	mean := new(big.Rat).SetFrac(e.Squares, new(big.Int).SetUint64(e.Inputs))
	rms := root(mean.Mul(mean, new(big.Rat).Mul(scale, scale)))
	return Real{RealMax: min(most, math.MaxFloat64), RealRMSE: min(rms, math.MaxFloat64)}
}

func unit(file string, u *ir.Unit, layers []*pwl.Layer) Unit {
	held := u.Held()
	r := Unit{
		Name:      u.Name,
		File:      file,
		Input:     u.Input.String(),
		Output:    u.Output.String(),
		Implement: ir.PWL.String(),
		Segments:  held.Segments,
		Terms:     held.Terms,
		Shifts:    [2]int{held.MinShift, held.MaxShift},
		Guard:     held.Guard,
		Style:     u.Style.String(),
		Channels:  u.Channels,
		Layers:    []string{},
	}
	if u.Implement != ir.Auto {
		r.Implement = u.Implement.String()
	}
	for _, l := range layers {
		if l.Unit == u.Name {
			r.Layers = append(r.Layers, l.Name)
		}
	}
	return r
}

// RootMean is the float64 nearest to sqrt(squares / n).
func RootMean(squares *big.Int, n uint64) float64 {
	return root(new(big.Rat).SetFrac(squares, new(big.Int).SetUint64(n)))
}

// root is the float64 nearest to the square root of a number. Where that is no dyadic number
// its distance from the midpoint of two float64 values is far above 2^-300, so rounding
// twice rounds correctly.
func root(of *big.Rat) float64 {
	wide := new(big.Float).SetPrec(320).SetRat(of)
	near, _ := wide.Sqrt(wide).Float64()
	return near
}

// Share is the float64 nearest to part / whole.
func Share(part, whole uint64) float64 {
	r := new(big.Rat).SetFrac(new(big.Int).SetUint64(part), new(big.Int).SetUint64(whole))
	f, _ := r.Float64()
	return f
}
