package prove

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"grauc/prove/aig"
)

// abc asks ABC, whose SAT sweeping finds and merges what both sides have in common.
func (w *workshop) abc(g *aig.Graph, p problem) (answer, error) {
	inputs := g.Support(p.got, p.want)
	says, err := w.cec(g, inputs, p)
	switch {
	case err != nil:
		return answer{}, err
	case says == "equivalent":
		return answer{outcome: Proved}, nil
	case says != "NOT":
		return answer{}, errors.New("undecided")
	}
	pattern, err := w.counterexample()
	if err != nil {
		return answer{}, err
	}
	return answer{Differs, abcInputs(pattern, inputs)}, nil
}

// cec is whether ABC says that two sides are equivalent.
func (w *workshop) cec(g *aig.Graph, inputs []aig.Lit, p problem) (string, error) {
	if err := w.write("got.aig", string(g.Write(inputs, p.got))); err != nil {
		return "", err
	}
	if err := w.write("want.aig", string(g.Write(inputs, p.want))); err != nil {
		return "", err
	}
	out, err := w.run("yosys-abc", "-q", "cec -n -T 1000000 -C 1000000000 got.aig want.aig")
	if err != nil {
		return "", err
	}
	m := abcAnswer.FindStringSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("abc: %s", lastLine(out))
	}
	return m[1], nil
}

// counterexample has ABC write all inputs of one: cec names only some.
func (w *workshop) counterexample() (string, error) {
	out, err := w.run("yosys-abc", "-q", "miter got.aig want.aig; iprove; write_cex -n differ.cex")
	if err != nil {
		return "", err
	}
	pattern, err := w.output("differ.cex")
	if err != nil {
		return "", fmt.Errorf("abc: %s", lastLine(out))
	}
	return string(pattern), nil
}

var (
	abcAnswer  = regexp.MustCompile(`Networks are (\w+)`)
	abcPattern = regexp.MustCompile(`\bpi(\d+)@0=([01])`)
)

func abcInputs(pattern string, inputs []aig.Lit) map[aig.Lit]bool {
	values := map[aig.Lit]bool{}
	for _, m := range abcPattern.FindAllStringSubmatch(pattern, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && n < len(inputs) {
			values[inputs[n]] = m[2] == "1"
		}
	}
	return values
}
