package prove

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"grauc/prove/aig"
)

// abc asks ABC, whose SAT sweeping finds and merges what both sides have in common. Of 8 segments and
// 16-bit outputs &cec takes a sixth of the time that cec does; of tables, half as much again.
func (w *workshop) abc(problems []posed) (answer, error) {
	var script []string
	for i, p := range problems {
		if err := w.sides(i, p); err != nil {
			return answer{}, err
		}
		script = append(script, fmt.Sprintf("&read got%d.aig; &cec -T 1000000 -C 1000000000 want%[1]d.aig", i))
	}
	out, err := w.run("yosys-abc", "-q", strings.Join(script, "; "))
	if err != nil {
		return answer{}, err
	}
	says := abcAnswer.FindAllStringSubmatch(out, -1)
	for i := range problems {
		switch {
		case i >= len(says):
			return answer{}, fmt.Errorf("abc: %s", lastLine(out))
		case says[i][1] == "NOT":
			return answer{outcome: Differs, which: i}, nil
		case says[i][1] != "equivalent":
			return answer{}, errors.New("undecided")
		}
	}
	return answer{outcome: Proved}, nil
}

// abcDiffer has ABC write all inputs where a problem does not hold: cec names only some.
func (w *workshop) abcDiffer(p posed) (answer, error) {
	if err := w.sides(0, p); err != nil {
		return answer{}, err
	}
	out, err := w.run("yosys-abc", "-q", "miter got0.aig want0.aig; iprove; write_cex -n differ.cex")
	switch {
	case err != nil:
		return answer{}, err
	case abcProved.MatchString(out):
		return answer{outcome: Proved}, nil
	}
	pattern, err := w.output("differ.cex")
	if err != nil {
		return answer{}, fmt.Errorf("abc: %s", lastLine(out))
	}
	return answer{outcome: Differs, inputs: abcInputs(string(pattern), p.inputs())}, nil
}

// sides writes the two sides of a problem.
func (w *workshop) sides(number int, p posed) error {
	inputs := p.inputs()
	return errors.Join(
		w.write(fmt.Sprintf("got%d.aig", number), string(p.g.Write(inputs, p.got))),
		w.write(fmt.Sprintf("want%d.aig", number), string(p.g.Write(inputs, p.want))))
}

var (
	abcAnswer  = regexp.MustCompile(`Networks are (\w+)`)
	abcProved  = regexp.MustCompile(`\bUNSATISFIABLE`)
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
