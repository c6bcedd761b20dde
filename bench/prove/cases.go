package main

import (
	"fmt"
	"slices"
	"strings"
)

// form is hardware in words of the language: what it is given for a part and a number of channels.
type form struct {
	name    string // the options that set it apart
	program func(channels int) string
	fixed   bool // a layer with hardware of its own
}

const (
	silu   = "int24 scale 2^-20 -> uint8 scale 8.3/255 zero 9 = silu(%s)"
	rising = "int24 scale 2^-20 -> uint8 scale 1/255 = sigmoid(%s)"
	ramp   = "int24 scale 2^-14 -> int8 scale 1/16 = max(x, 0)"
)

// unit is one with a layer on it, which may be none.
func unit(options, layer string) form { return wide(24, 8, options, layer) }

func wide(in, out int, options, layer string) form {
	name := options
	if in != 24 || out != 8 {
		name = fmt.Sprintf("input = int%d output = int%d %s", in, out, options)
	}
	return form{name, func(channels int) string {
		text := fmt.Sprintf("unit u { input = int%d output = int%d %s ", in, out, options)
		if channels > 1 {
			text += fmt.Sprintf("channels = %d ", channels)
		}
		if text += "}\n"; layer != "" {
			text += "layer l" + each(channels) + " : " + layer + " on u\n"
		}
		return text
	}, false}
}

func each(channels int) string {
	if channels == 1 {
		return ""
	}
	return fmt.Sprintf("[%d]", channels)
}

// layer is one with hardware of its own; each channel has another function.
func layer(what, options string) form {
	return form{options, func(channels int) string {
		x := "x"
		if channels > 1 {
			x = fmt.Sprintf("x * (1 + c / %d)", channels)
		}
		return "layer l" + each(channels) + " : " + fmt.Sprintf(what, x) + " { " + options + " }\n"
	}, true}
}

func forms() []form { return slices.Concat(layers(), free(), grids(), thresholds()) }

func layers() []form {
	var all []form
	add := func(what, options string) { all = append(all, layer(what, options)) }
	for _, style := range []string{"pipelined", "parallel", "serial"} {
		for _, search := range []string{"parallel", "binary", "cascade"} {
			if style != "serial" || search == "binary" {
				add(silu, fmt.Sprintf("implement = pwl style = %s search = %s", style, search))
			}
		}
		add(rising, "implement = thresholds style = "+style)
		if style != "serial" {
			add(rising, "implement = thresholds search = binary style = "+style)
			add(silu, "implement = table window = 10 style = "+style)
			add(silu, "implement = table window = 10 rows = 8 segments = 64 style = "+style)
			add(silu, "implement = pwl breaks = uniform window = 10 segments = 64 slopes = apot(terms = 2, shifts = 0..4) guard = 1 style = "+style)
		}
	}
	add(silu, "implement = pwl handshake = none")
	add(silu, "implement = pwl window = 12")
	for terms := 1; terms <= 3; terms++ {
		add(silu, fmt.Sprintf("implement = pwl segments = 16 slopes = apot(terms = %d, shifts = 0..15) guard = %d", terms, terms))
	}
	add(silu, "max_error = 1")
	for _, bits := range []int{1, 2, 4, 16} {
		f := layer(fmt.Sprintf("int24 scale 2^-20 -> uint%d scale 1/%d = sigmoid(%%s)", bits, 1<<bits-1), "implement = pwl segments = 8")
		f.name += fmt.Sprintf(", uint%d", bits)
		all = append(all, f)
	}
	f := layer("uint16 scale 2^-13 -> uint8 scale 1/255 = sigmoid(%s)", "implement = pwl")
	f.name += ", from uint16"
	return append(all, f)
}

func apot(terms, guard int, rest string) string {
	return fmt.Sprintf("segments = 8 slopes = apot(terms = %d, shifts = 0..15) guard = %d %s", terms, guard, rest)
}

// free are units with free breaks.
func free() []form {
	var all []form
	add := func(options string) { all = append(all, unit(options, fmt.Sprintf(silu, "x"))) }
	for _, search := range []string{"parallel", "binary", "cascade"} {
		for terms := 1; terms <= 3; terms++ {
			for _, shifter := range []string{"chain", "barrel"} {
				add(apot(terms, terms, "search = "+search+" shifter = "+shifter))
			}
		}
		add(apot(2, 2, "search = "+search+" handshake = none"))
		add(apot(2, 2, "search = "+search+" style = parallel"))
		add(apot(2, 2, "search = "+search+" overflow = wrap"))
		add(fmt.Sprintf("segments = 8 slopes = apot(terms = 2, shifts = 0..11) guard = 2 search = %s window = 12 prescale = 0..12", search))
	}
	for guard := range 4 {
		add(apot(2, guard, "shifter = barrel"))
	}
	for terms := 1; terms <= 3; terms++ {
		add(apot(terms, 2, "style = serial"))
	}
	add("segments = 8 slopes = pot(shifts = 0..15, signs = plus) guard = 0")
	for _, search := range []string{"parallel", "binary"} {
		add("segments = 64 slopes = apot(terms = 2, shifts = 0..15) guard = 2 shifter = barrel search = " + search)
	}
	for _, bits := range []int{1, 2, 4, 16} {
		all = append(all, wide(24, bits, apot(2, 2, "shifter = barrel"), ""))
	}
	return append(all, wide(16, 8, apot(2, 2, ""), "uint8 scale 1/32 -> uint4 scale 1/4 = silu(x)"))
}

// grids are units of uniform segments, and tables.
func grids() []form {
	var all []form
	for _, load := range []string{"port", "data"} {
		for _, rest := range []string{"", "handshake = none", "style = parallel"} {
			if load == "data" && rest == "style = parallel" {
				continue
			}
			for _, window := range []string{"window = 10", "window = 10 prescale = 0..14"} {
				common := strings.TrimSpace(" " + window + " load = " + load + " " + rest)
				overflow := map[string]string{"port": "", "data": " overflow = wrap"}[load]
				for terms := 1; terms <= 2; terms++ {
					all = append(all, unit(fmt.Sprintf("breaks = uniform segments = 64 slopes = apot(terms = %d, shifts = 0..4) guard = 1%s %s", terms, overflow, common), fmt.Sprintf(silu, "x")))
				}
				all = append(all,
					unit("implement = table "+common, fmt.Sprintf(silu, "x")),
					unit("implement = table rows = 8 segments = 64 "+common, fmt.Sprintf(silu, "x")))
			}
		}
	}
	return append(all, unit("implement = table window = 11 load = port", fmt.Sprintf(silu, "x")))
}

// thresholds are units that store them.
func thresholds() []form {
	var all []form
	for _, options := range []string{
		"search = parallel", "search = binary", "style = serial", "style = parallel", "search = binary style = parallel",
		"monotonic = either", "search = binary monotonic = either", "style = serial monotonic = either", "search = binary handshake = none",
	} {
		all = append(all, unit("implement = thresholds "+options, ramp))
	}
	return append(all, wide(24, 4, "implement = thresholds search = binary", ""))
}
