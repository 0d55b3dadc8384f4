package lock

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Through is Optimistic for an item that is put by a function which stores anything, or which others call with
// items that they did not read: the function that has read it counts the version on and hands on the old one.
func Through(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	c, ok := chain.Linked(src, f)
	if !ok || len(f.Reads) != 1 {
		return finding.Fix{}, false
	}
	meet := c.Links[0]
	l, ok := carried(c, f)
	if !ok || !l.wholeRead() || !l.alone() || l.moves() || write.Changes(c.Request.Site, l.entity, l.version.Field) {
		return finding.Fix{}, false
	}
	b, plain := types.Unalias(l.version.typ).(*types.Basic)
	st, _ := meet.At.Statement()
	if !plain || st == nil {
		return finding.Fix{}, false
	}
	v := l.value
	saved := meet.At.Fresh("version", "readVersion", "versionRead")
	counter := v.Name() + "." + l.version.Field
	c.D.Insert(meet.At.File, st.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	add(l.entity, c.D, l.version)
	c.Params = []chain.Param{{Name: pin.Camel(l.version.Attr) + "Read", Typ: b.Name()}}
	c.Suffix, c.What = "If"+pin.Upper(pin.Camel(l.version.Attr)), "an item of which "+l.version.Attr+" is as it was read"
	pinned := []finding.Need{{Attr: l.version.Attr}}
	if !c.Fits() || !c.Write([]string{saved}, func(d *syntax.Draft) bool { return pin.Demand(c, d, pinned) }) {
		return finding.Fix{}, false
	}
	note, ok := others(c, l)
	if !ok {
		return finding.Fix{}, false
	}
	title := "put the item only if its " + l.version.Attr + " is still the one that was read, and count it on (" + counter + ")"
	if l.version.Added {
		title = "add a " + l.version.Attr + " to " + l.entity.Named.Obj().Name() + ", put the item only if it is still the one that was read, and count it on"
	}
	return c.D.Fix(title+pin.Passes(c)+note+blind(c, l)+write.Refused(f), true)
}

// carried finds the variable whose version passes through the functions to the write.
func carried(c *chain.Chain, f *finding.Finding) (*lock, bool) {
	meet := c.Links[0]
	r := &write.Request{Site: meet.At, Call: meet.Call, Lit: c.Request.Lit, Of: c.Request.Of, Dialect: c.Request.Dialect}
	l := &lock{Request: r, d: c.D, f: f}
	if v, lock, ok := carriedOrigin(c, f); ok {
		l.value, l.version, l.hand = v, lock, true
		l.entity, ok = write.EntityOf(c.Src, v.Type())
		return l, ok
	}
	v, argument := origin(c)
	if v == nil || argument == nil || !Local(c, meet, v, f) {
		return nil, false
	}
	l.value = v
	var ok bool
	if l.entity, ok = write.EntityOf(c.Src, v.Type()); !ok || dynamo.OwnEncoding(v.Type()) {
		return nil, false
	}
	l.version, ok = VersionOf(l.entity, r.Dialect)
	return l, ok && (!l.version.Added || keyedOnly(l.entity))
}

// others makes the other updates of the table count on, in the packages of both ends.
func others(c *chain.Chain, l *lock) (note string, ok bool) {
	table := table(c)
	if table == "" {
		return "", false
	}
	for i, s := range []*syntax.Site{l.Site, c.Request.Site} {
		if i > 0 && s.Package == l.Site.Package {
			break
		}
		r := &write.Request{Site: s, Lit: c.Request.Lit, Of: c.Request.Of, Dialect: c.Request.Dialect}
		there := &lock{Request: r, d: c.D, f: l.f, table: table}
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
func table(c *chain.Chain) string {
	kv := write.Field(c.Request.Lit, dynamo.TableName)
	if kv == nil {
		return ""
	}
	e, s := kv.Value, c.Request.Of
	for i := len(c.Links) - 1; i >= 0; i-- {
		of := e
		if arg := write.StringArg(s, of); arg != nil {
			of = arg
		}
		given := c.Links[i].Argument(c.Links[i].Of.Variable(of))
		if given == nil {
			break
		}
		e, s = given, c.Links[i].At
	}
	return TableKey(s, e)
}

// origin follows what is encoded in the last function to the variable that the first call is given.
func origin(c *chain.Chain) (*types.Var, ast.Expr) {
	item := write.Field(c.Request.Lit, dynamo.Item)
	if item == nil || c.Request.SetsLater(dynamo.Item) {
		return nil, nil
	}
	encoding := write.Encoded(c.Request.Of, item.Value)
	if encoding == nil || c.Request.Made {
		return nil, nil
	}
	e := encoding.Args[0]
	for i := len(c.Links) - 1; i >= 0; i-- {
		if e = c.Links[i].Argument(c.Links[i].Of.Variable(e)); e == nil {
			return nil, nil
		}
	}
	return c.Links[0].At.Variable(e), e
}

// Local reports a variable that the function of a call has filled with what was read, once for each call.
func Local(c *chain.Chain, l *chain.Link, v *types.Var, f *finding.Finding) bool {
	line := f.Reads[0].Line
	if len(f.Reads[0].Via) > 0 {
		line = f.Reads[0].Via[0].Line
	}
	return write.ComesFrom(l.At, v, line, 0) && !l.At.Repeated(v.Pos())
}
