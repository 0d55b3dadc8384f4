package fix

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// pinThrough is pinRead for a write in a function that is called with other things than what was read: it gets what was
// read as parameters.
func pinThrough(src *Source, f *finding.Finding) (finding.Fix, bool) {
	c, ok := src.linked(f)
	if !ok {
		return finding.Fix{}, false
	}
	attrs, ok := pinnable(f.Needs)
	if !ok {
		return finding.Fix{}, false
	}
	meet := c.links[0]
	p := &pins{request: &request{site: meet.at, call: meet.call, lit: c.request.lit, of: c.request.of, dialect: c.request.dialect}, d: c.d, f: f}
	var args []string
	for _, n := range attrs {
		code, t, ok := p.read(n)
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
		c.params = append(c.params, param{name: camel(n.Attr) + "Read", typ: b.Name()})
	}
	c.suffix = "IfUnchanged"
	if len(attrs) == 1 {
		c.suffix = "If" + upper(camel(attrs[0].Attr))
	}
	c.what = "an item of which " + listed(attrs) + " as it was read"
	if !c.fits() || !c.write(args, func(d *draft) bool { return c.pin(d, attrs) }) {
		return finding.Fix{}, false
	}
	return c.d.fix(pinTitle(attrs)+c.passes()+refused(f), true)
}

// passes says, for a title, what the functions in between get.
func (c *chain) passes() string {
	last := c.links[len(c.links)-1]
	if last.name != last.fn.Name() {
		return " (" + last.name + ")"
	}
	return ", which " + last.name + " is given"
}

// pin puts the condition that the parameters are what the item has.
func (c *chain) pin(d *draft, attrs []finding.Need) bool {
	r := c.request
	b, built := r.builder()
	g := &guard{r: r}
	var texts []string
	for i, n := range attrs {
		p := c.params[i]
		if built {
			text, ok := b.unchanged(d, n.Attr, p.name)
			if !ok {
				return false
			}
			texts = append(texts, text)
			continue
		}
		value, ok := d.encode(r, p.name, basic(p.typ))
		if !ok {
			return false
		}
		texts = append(texts, g.unchanged(n.Attr, n.Attr+"Read", value))
	}
	if built {
		return b.with(d, texts)
	}
	g.text = conjoined(texts)
	return g.put(d)
}

// basic gives a basic type by its name.
func basic(name string) types.Type { return types.Universe.Lookup(name).Type() }

// camel makes a Go name of an attribute's.
func camel(attr string) string {
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
		return lower(text)
	}
	return strings.ToLower(out.String())
}

func upper(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// lockThrough is optimisticLock for an item that is put by a function which stores anything, or which others call with
// items that they did not read: the function that has read it counts the version on and hands on the old one.
func lockThrough(src *Source, f *finding.Finding) (finding.Fix, bool) {
	c, ok := src.linked(f)
	if !ok || len(f.Reads) != 1 {
		return finding.Fix{}, false
	}
	meet := c.links[0]
	l, ok := c.carried(f)
	if !ok || !l.wholeRead() || !l.alone() || c.request.changes(l.entity, l.version.field) {
		return finding.Fix{}, false
	}
	b, plain := types.Unalias(l.version.typ).(*types.Basic)
	st, _ := meet.at.statement()
	if !plain || st == nil {
		return finding.Fix{}, false
	}
	v := l.value
	saved := meet.at.fresh("version", "readVersion", "versionRead")
	counter := v.Name() + "." + l.version.field
	c.d.insert(meet.at.file, st.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	l.entity.add(c.d, l.version)
	c.params = []param{{name: camel(l.version.attr) + "Read", typ: b.Name()}}
	c.suffix, c.what = "If"+upper(camel(l.version.attr)), "an item of which "+l.version.attr+" is as it was read"
	pinned := []finding.Need{{Attr: l.version.attr}}
	if !c.fits() || !c.write([]string{saved}, func(d *draft) bool { return c.pin(d, pinned) }) {
		return finding.Fix{}, false
	}
	note, ok := c.others(l)
	if !ok {
		return finding.Fix{}, false
	}
	title := "put the item only if its " + l.version.attr + " is still the one that was read, and count it on (" + counter + ")"
	if l.version.added {
		title = "add a " + l.version.attr + " to " + l.entity.named.Obj().Name() + ", put the item only if it is still the one that was read, and count it on"
	}
	return c.d.fix(title+c.passes()+note+c.blind(l)+refused(f), true)
}

// carried finds the variable whose version passes through the functions to the write.
func (c *chain) carried(f *finding.Finding) (*lock, bool) {
	meet := c.links[0]
	r := &request{site: meet.at, call: meet.call, lit: c.request.lit, of: c.request.of, dialect: c.request.dialect}
	l := &lock{request: r, d: c.d, f: f}
	if v, lock, ok := c.carriedOrigin(f); ok {
		l.value, l.version, l.hand = v, lock, true
		l.entity, ok = c.src.entity(v.Type())
		return l, ok
	}
	v, argument := c.origin()
	if v == nil || argument == nil || !c.local(meet, v, f) {
		return nil, false
	}
	l.value = v
	var ok bool
	if l.entity, ok = c.src.entity(v.Type()); !ok || dynamo.OwnEncoding(v.Type()) {
		return nil, false
	}
	l.version, ok = l.entity.version(r.dialect)
	return l, ok && (!l.version.added || l.entity.keyedOnly())
}

// others makes the other updates of the table count on, in the packages of both ends.
func (c *chain) others(l *lock) (note string, ok bool) {
	table := c.table()
	if table == "" {
		return "", false
	}
	for i, s := range []*site{l.site, c.request.site} {
		if i > 0 && s.Package == l.site.Package {
			break
		}
		r := &request{site: s, lit: c.request.lit, of: c.request.of, dialect: c.request.dialect}
		there := &lock{request: r, d: c.d, f: l.f, table: table}
		if l.hand {
			if there.uncounted(l.version) {
				return "", false
			}
			continue
		}
		more, ok := there.others(l.entity, l.version)
		if !ok {
			return "", false
		}
		if more != "" {
			note = more
		}
	}
	return note, true
}

// table says where the name of the table comes from, that the functions may be given.
func (c *chain) table() string {
	kv := field(c.request.lit, dynamo.TableName)
	if kv == nil {
		return ""
	}
	e, s := kv.Value, c.request.of
	for i := len(c.links) - 1; i >= 0; i-- {
		of := e
		if arg := s.stringArg(of); arg != nil {
			of = arg
		}
		given := c.links[i].argument(c.links[i].of.variable(of))
		if given == nil {
			break
		}
		e, s = given, c.links[i].at
	}
	return s.tableKey(e)
}

// origin follows what is encoded in the last function to the variable that the first call is given.
func (c *chain) origin() (*types.Var, ast.Expr) {
	item := field(c.request.lit, dynamo.Item)
	if item == nil || c.request.setsLater(dynamo.Item) {
		return nil, nil
	}
	encoding := c.request.of.encoded(item.Value)
	if encoding == nil || c.request.made {
		return nil, nil
	}
	e := encoding.Args[0]
	for i := len(c.links) - 1; i >= 0; i-- {
		if e = c.links[i].argument(c.links[i].of.variable(e)); e == nil {
			return nil, nil
		}
	}
	return c.links[0].at.variable(e), e
}

// local reports a variable that the function of a call has filled with what was read, once for each call.
func (c *chain) local(l *link, v *types.Var, f *finding.Finding) bool {
	line := f.Reads[0].Line
	if len(f.Reads[0].Via) > 0 {
		line = f.Reads[0].Via[0].Line
	}
	return l.at.comesFrom(v, line, 0) && !l.at.repeated(v.Pos())
}

// wholeRead reports reads that fill the entity with all its attributes.
func (l *lock) wholeRead() bool {
	for _, a := range l.f.Reads {
		s, ok := l.src.at(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
		if !ok || !l.hand && !s.decodes(l.entity) || s.projects() {
			return false
		}
	}
	return true
}
