// Package guregu has the fixes for github.com/guregu/dynamo, whose writes are chains of calls.
package guregu

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/lock"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A sent chain is a write of github.com/guregu/dynamo: table.Put(v).Run(ctx). Its conditions are calls of If, which are all
// demanded.
type sent struct {
	*write.Request
	f *finding.Finding
	// of is what the call that sends is made on.
	of ast.Expr
}

// sentBy finds the chain that a finding's write sends in the function of the finding.
func sentBy(src *syntax.Source, f *finding.Finding) (*sent, bool) {
	w := f.Writes[0]
	s, ok := src.At(finding.Pos{File: w.File, Line: w.Line, Col: w.Col})
	if !ok || len(w.Via) > 0 || write.Action(w.Op) != "" || len(f.Reads) != 1 {
		return nil, false
	}
	var found *sent
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, sel := (*ast.CallExpr)(nil), (*ast.SelectorExpr)(nil)
		if e, ok := n.(ast.Expr); ok {
			call, sel = write.Method(e)
		}
		if call != nil && s.Src.Fset.Position(call.Lparen).Line == w.Line && sends(s.Callee(call)) {
			r := &write.Request{Site: s.Around(call), Call: call}
			r.Of = r.Site
			found = &sent{Request: r, f: f, of: sel.X}
		}
		return found == nil
	})
	return found, found != nil
}

// sends reports a method that sends a write.
func sends(fn *types.Func) bool {
	m, ok := dynamo.MapperOf(fn)
	return ok && m.Role == dynamo.MapRun && (m.Op == "PutItem" || m.Op == "UpdateItem" || m.Op == "DeleteItem")
}

// only adds a condition to a chain, and its arguments.
func (s *sent) only(d *syntax.Draft, condition string, args []string) {
	text := strconv.Quote(condition)
	if len(args) > 0 {
		text += ", " + strings.Join(args, ", ")
	}
	d.Insert(s.File, s.of.End(), ".If("+text+")")
}

// Once is decision.CreateOnce for a chain.
func Once(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := sentBy(src, f)
	if !ok || f.Writes[0].Op != "PutItem" {
		return finding.Fix{}, false
	}
	key, ok := decision.AbsentKey(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	d := src.Draft()
	s.only(d, "attribute_not_exists($)", []string{strconv.Quote(key)})
	return d.Fix(decision.CreateTitle(key)+write.Refused(f), true)
}

// Checked is checked for a chain.
func Checked(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := sentBy(src, f)
	if !ok || !decision.Decided(f.Needs) {
		return finding.Fix{}, false
	}
	meet, ok := src.At(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	whole, ok := (&decision.Checks{R: s.Request, F: f}).Before(meet)
	if !ok || !decision.Covers(whole, f.Needs) || whole.Asks() {
		return finding.Fix{}, false
	}
	d := src.Draft()
	text, args := whole.Chained()
	s.only(d, text, args)
	return d.Fix("make DynamoDB check "+decision.InWords(whole.Attributes())+" again when the write arrives"+write.Refused(f), true)
}

// Pinned is pin.Read for a chain.
func Pinned(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := sentBy(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	attrs, ok := pin.Pinnable(f.Needs)
	if !ok {
		return finding.Fix{}, false
	}
	p := &pin.Pins{Request: s.Request, D: src.Draft(), F: f}
	var args []string
	for _, n := range attrs {
		code, t, ok := p.Read(n)
		if !ok {
			return finding.Fix{}, false
		}
		if _, basic := t.Underlying().(*types.Basic); !basic {
			return finding.Fix{}, false
		}
		name := strconv.Quote(n.Attr)
		p.Texts = append(p.Texts, "attribute_not_exists($) OR $ = ?")
		args = append(args, name, name, code)
	}
	s.only(p.D, write.Conjoined(p.Texts), args)
	return p.D.Fix(pin.Title(attrs)+write.Refused(f), true)
}

// Locked is lock.Optimistic for a chain that puts an item which its function has read, and which has a version.
func Locked(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := sentBy(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	v := s.putValue()
	if v == nil || !lock.Local((&chain.Chain{}), &chain.Link{At: s.Site}, v, f) {
		return finding.Fix{}, false
	}
	d := src.Draft()
	what, ok := s.locked(d, v, s.Fresh("version", "readVersion", "versionRead"))
	if !ok {
		return finding.Fix{}, false
	}
	return d.Fix("put the item only if its "+what+write.Refused(f), true)
}

// locked makes a chain that puts what a variable holds demand the version that was read, which saved keeps, and counts it on.
func (s *sent) locked(d *syntax.Draft, v *types.Var, saved string) (what string, ok bool) {
	e, ok := write.EntityOf(s.Src, v.Type())
	if !ok {
		return "", false
	}
	version, ok := lock.VersionOf(e, s.Dialect)
	st, _ := s.Around(s.of).Statement()
	if !ok || version.Added || write.Changes(s.Request.Site, e, version.Field) || st == nil {
		return "", false
	}
	counter := v.Name() + "." + version.Field
	d.Insert(s.File, st.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	name := strconv.Quote(version.Attr)
	s.only(d, "attribute_not_exists($) OR $ = ?", []string{name, name, saved})
	return version.Attr + " is still the one that was read, and count it on (" + counter + ")", true
}

// putValue gives the variable in Put(v) of a chain.
func (s *sent) putValue() *types.Var {
	e := s.of
	for range 20 {
		call, sel := write.Method(e)
		if call == nil {
			return nil
		}
		if sel.Sel.Name == "Put" && len(call.Args) == 1 {
			return s.Variable(call.Args[0])
		}
		e = sel.X
	}
	return nil
}
