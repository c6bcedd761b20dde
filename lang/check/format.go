package check

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/lang"
	"grauc/lang/diag"
)

// maxFormatWidth is the widest format that any layer can use.
const maxFormatWidth = ir.MaxInputWidth

// maxScaleBits bounds the numerator and denominator of scales and zeros.
const maxScaleBits = 512

var integerName = regexp.MustCompile(`^u?int[0-9]+$`)

// looksLikeInteger reports whether a name has the form of an integer type.
func looksLikeInteger(name string) bool { return integerName.MatchString(name) }

// format is what a format expression means.
func (c *checker) format(f *file, e *lang.Format) (ir.Format, bool) {
	format, ok := c.baseFormat(f, e.Base)
	if !ok {
		return format, false
	}
	seen := map[string]*lang.Modifier{}
	for _, m := range e.Modifiers {
		word := modifierWord(m)
		if first := seen[word]; first != nil {
			c.report(diag.New("duplicate-option", c.span(m.Node), "`%s` is given twice", word).
				WithNoteAt(c.span(first.Node), "the first is here").
				WithHelp("leave one of them out"))
			ok = false
			continue
		}
		seen[word] = m
		ok = c.modify(f, &format, m) && ok
	}
	return format, ok
}

func modifierWord(m *lang.Modifier) string {
	switch {
	case m.Scale != nil:
		return "scale"
	case m.Zero != nil:
		return "zero"
	case m.Rounding != nil:
		return "round"
	}
	return "narrow"
}

func (c *checker) baseFormat(f *file, name lang.Name) (ir.Format, bool) {
	if looksLikeInteger(name.Text) {
		i, ok := c.integerType(name)
		return ir.Plain(i), ok
	}
	e := c.lookup(f, kindFormat, name.Text)
	if e == nil {
		d := diag.New("unknown-format", c.span(name.Node), "there is no format `%s`", name.Text)
		if d.Help = diag.DidYouMean(name.Text, append(c.names(f, kindFormat), "int8", "uint8")); d.Help == "" {
			d.Help = fmt.Sprintf("declare it: quant %s = int8 scale 1/16", name.Text)
		}
		c.unknown(f, d)
		return ir.Format{}, false
	}
	if e.state == active {
		c.report(diag.New("recursion", c.span(name.Node), "the format `%s` is defined by itself", name.Text).
			WithNoteAt(c.span(e.name.Node), "it is declared here").
			WithHelp("define it by an integer type"))
		return ir.Format{}, false
	}
	ok := c.resolve(e)
	return e.format, ok
}

// integerType is intN or uintN.
func (c *checker) integerType(name lang.Name) (ir.Integer, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(name.Text, "u"), "int")
	width, err := strconv.Atoi(digits)
	if err != nil || width < 1 || width > maxFormatWidth || digits[0] == '0' {
		c.report(diag.New("width", c.span(name.Node), "there is no integer type `%s`", shorten(name.Text)).
			WithNote("inputs have 1 to %d bits, outputs 1 to %d", ir.MaxInputWidth, ir.MaxOutputWidth).
			WithHelp("write a type such as int8 or uint24"))
		return ir.Integer{Width: 1}, false
	}
	return ir.Integer{Width: width, Signed: name.Text[0] == 'i'}, true
}

func shorten(s string) string {
	if len(s) <= 40 {
		return s
	}
	return s[:37] + "..."
}

func (c *checker) modify(f *file, format *ir.Format, m *lang.Modifier) bool {
	switch {
	case m.Scale != nil:
		v, ok := c.proportion(f, "scale", m.Scale)
		if ok && v.Sign() <= 0 {
			c.report(diag.New("scale", c.span(m.Scale.Node), "a scale is positive, not %s", shortRat(v)).
				WithNote("a code stands for scale * (code - zero)").
				WithHelp("to turn the sign around, negate the layer's expression"))
			return false
		}
		format.Scale = v
		return ok
	case m.Zero != nil:
		v, ok := c.proportion(f, "zero", m.Zero)
		format.Zero = v
		return ok
	case m.Rounding != nil:
		return c.rounding(format, *m.Rounding)
	}
	return c.narrow(format, m)
}

// proportion is a constant of reasonable size.
func (c *checker) proportion(f *file, code string, e *lang.Expr) (*big.Rat, bool) {
	v, ok := c.constant(f, "a "+code, e)
	if ok && bits(v) > maxScaleBits {
		c.report(diag.New(code, c.span(e.Node), "this %s is out of all proportion: %s", code, shortRat(v)).
			WithHelp("check the exponent; numerator and denominator may have up to %d bits", maxScaleBits))
		return nil, false
	}
	return v, ok
}

func (c *checker) rounding(format *ir.Format, name lang.Name) bool {
	r, ok := ir.ParseRounding(name.Text)
	if !ok {
		d := diag.New("rounding", c.span(name.Node), "there is no rounding `%s`", name.Text)
		if d.Help = diag.DidYouMean(name.Text, ir.Roundings()); d.Help == "" {
			d.Help = "it is one of: " + strings.Join(ir.Roundings(), ", ")
		}
		c.report(d)
		return false
	}
	format.Rounding = r
	return true
}

func (c *checker) narrow(format *ir.Format, m *lang.Modifier) bool {
	switch {
	case !format.Signed:
		c.report(diag.New("narrow", c.span(m.Node), "`narrow` drops the most negative code, and unsigned types have none").
			WithHelp("leave it out"))
	case format.Width == 1:
		c.report(diag.New("narrow", c.span(m.Node), "`narrow` would leave a single code").
			WithHelp("leave it out, or take a wider type"))
	default:
		format.Narrow = true
		return true
	}
	return false
}
