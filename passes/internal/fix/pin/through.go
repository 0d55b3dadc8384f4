package pin

import (
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Through is Read for a write in a function that is called with other things than what was read: it gets what was
// read as parameters.
func Through(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	c, ok := chain.Linked(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	attrs, ok := Pinnable(f.Needs)
	if !ok {
		return finding.Fix{}, false
	}
	meet := c.Links[0]
	p := &Pins{Request: &write.Request{Site: meet.At, Call: meet.Call, Lit: c.Request.Lit, Of: c.Request.Of, Dialect: c.Request.Dialect}, D: c.D, F: f}
	var args []string
	for _, n := range attrs {
		code, t, ok := p.Read(n)
		if !ok {
			return finding.Fix{}, false
		}
		b, ok := t.Underlying().(*types.Basic)
		if !ok || dynamo.OwnEncoding(t) {
			return finding.Fix{}, false
		}
		if !types.Identical(types.Unalias(t), b) {
			code = b.Name() + "(" + code + ")"
		}
		args = append(args, code)
		c.Params = append(c.Params, chain.Param{Name: Camel(n.Attr) + "Read", Typ: b.Name()})
	}
	c.Suffix = "IfUnchanged"
	if len(attrs) == 1 {
		c.Suffix = "If" + Upper(Camel(attrs[0].Attr))
	}
	c.What = "an item of which " + listed(attrs) + " as it was read"
	if !c.Fits() || !c.Write(args, func(d *syntax.Draft) bool { return Demand(c, d, attrs) }) {
		return finding.Fix{}, false
	}
	return c.D.Fix(Title(attrs)+Passes(c)+write.Refused(f), true)
}

// Passes says, for a title, what the functions in between get.
func Passes(c *chain.Chain) string {
	last := c.Links[len(c.Links)-1]
	if last.Name != last.Fn.Name() {
		return " (" + last.Name + ")"
	}
	return ", which " + last.Name + " is given"
}

// Demand puts the condition that the parameters are what the item has.
func Demand(c *chain.Chain, d *syntax.Draft, attrs []finding.Need) bool {
	r := c.Request
	b, built := r.Builder()
	g := &write.Guard{R: r}
	var texts []string
	for i, n := range attrs {
		p := c.Params[i]
		if built {
			text, ok := builtAsRead(b, d, n, p.Name)
			if !ok {
				return false
			}
			texts = append(texts, text)
			continue
		}
		value, ok := write.Encode(d, r, p.Name, basic(p.Typ))
		if !ok {
			return false
		}
		texts = append(texts, asRead(g, n, value))
	}
	if built {
		return b.With(d, texts)
	}
	g.Text = write.Conjoined(texts)
	return g.Put(d)
}

// basic gives a basic type by its name.
func basic(name string) types.Type { return types.Universe.Lookup(name).Type() }

// Camel makes a Go name of an attribute's.
func Camel(attr string) string {
	var out strings.Builder
	up := false
	for _, c := range attr {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' && out.Len() > 0
		switch {
		case !letter:
			up = out.Len() > 0
		case up:
			out.WriteString(strings.ToUpper(string(c)))
			up = false
		default:
			out.WriteRune(c)
		}
	}
	if out.Len() == 0 {
		return "value"
	}
	if text := out.String(); text != strings.ToUpper(text) {
		return syntax.Lower(text)
	}
	return strings.ToLower(out.String())
}

// Upper makes the first letter of an ASCII name a capital one.
func Upper(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
