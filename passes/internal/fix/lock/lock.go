// Package lock makes a put demand the version that was read, and counts it on: an optimistic lock, which is added where there is
// none.
package lock

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Optimistic retrofits a version to an item that is read, changed in Go and put back whole: the put demands the
// version that was read, or none, and stores the next one. Where the entity has no version it gets one; items that were
// stored before have none, and are let through once.
func Optimistic(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	l := &lock{Request: r, d: src.Draft(), f: f}
	if !l.stored() || !l.read() || !l.alone() || l.moves() || !l.fits() || l.Demanded(l.version.Attr) {
		return finding.Fix{}, false
	}
	if !l.write() {
		return finding.Fix{}, false
	}
	what := l.value.Name() + "." + l.version.Field
	title := "put the item only if its " + l.version.Attr + " is still the one that was read, and count it on (" + what + ")"
	if l.version.Added {
		title = "add a " + l.version.Attr + " to " + l.entity.Named.Obj().Name() + ", put the item only if it is still the one that was read, and count it on"
	}
	note, ok := l.others(l.entity, l.version)
	if !ok {
		return finding.Fix{}, false
	}
	title += note
	return l.d.Fix(title+write.Refused(f), true)
}

// A lock is an optimistic lock in the making.
type lock struct {
	*write.Request
	d *syntax.Draft
	f *finding.Finding
	// value is the variable that is stored, encoding the call that turns it into an item.
	value    *types.Var
	encoding *ast.CallExpr
	entity   *write.Entity
	version  Version
	// table is where the table's name comes from, when the request does not say it.
	table string
	// hand is set for an entity that functions of the source make an item of, and back; encoder is the former one.
	hand    bool
	encoder *syntax.Site
	// sets are the attributes of a write that is an update of them; nil where the whole item is put.
	sets []string
	// carries is set where literals that are made from the entity get its version.
	carries bool
}

// stored finds what is put, and how it is made an item.
func (l *lock) stored() bool {
	item := write.Field(l.Lit, dynamo.Item)
	if item == nil || l.SetsLater(dynamo.Item) {
		return false
	}
	if l.encoding = write.Encoded(l.Of, item.Value); l.encoding == nil {
		return !l.Made && l.byHand(item.Value)
	}
	l.value = l.Of.Variable(l.encoding.Args[0])
	if l.Made && l.value != nil && !l.handedOver() {
		return false
	}
	if l.value == nil {
		return false
	}
	var ok bool
	if l.entity, ok = write.EntityOf(l.Src, l.value.Type()); !ok || dynamo.OwnEncoding(l.value.Type()) {
		return false
	}
	l.version, ok = VersionOf(l.entity, l.Dialect)
	return ok && (!l.version.Added || keyedOnly(l.entity))
}

// handedOver moves to the variable that a helper is given which makes the input of it.
func (l *lock) handedOver() bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](l.Of)
	if !ok || l.In == nil {
		return false
	}
	index := l.Of.Parameter(fn, l.value)
	call, ok := ast.Unparen(l.Assignments(l.In)[0].Value).(*ast.CallExpr)
	if index < 0 || !ok || index >= len(call.Args) || len(l.Of.Assignments(l.value)) > 0 {
		return false
	}
	l.encoding, l.value = call, l.Variable(call.Args[index])
	return true
}

// read reports that the item that was read is decoded into the entity itself, with all its attributes, so that the version
// is there when it is put.
func (l *lock) read() bool {
	if !l.hand && !slices.ContainsFunc(l.f.Needs, func(n finding.Need) bool { return n.What == "value" && n.Attr == "" && n.To == "" }) && !l.here() {
		return false // it was built anew on the way
	}
	return l.wholeRead()
}

// here reports a read in the function of the write, decoded into the very variable that is stored.
func (l *lock) here() bool {
	found := false
	ast.Inspect(l.Outermost(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if i, ok := dynamo.Decodes(l.Callee(call)); ok && i < len(call.Args) && l.Variable(call.Args[i]) == l.value {
				found = true
			}
		}
		return !found
	})
	return found
}

// decodes reports a function that fills the entity, or whatever it is asked for, from what it has read.
func decodes(s *syntax.Site, e *write.Entity) bool {
	found, all := false, true
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		i, ok := dynamo.Decodes(s.Callee(call))
		if !ok || i >= len(call.Args) {
			return true
		}
		found = true
		t := s.Info.TypeOf(call.Args[i])
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if list, ok := t.Underlying().(*types.Slice); ok {
			t = list.Elem()
		}
		_, generic := types.Unalias(t).(*types.TypeParam)
		all = all && (generic || types.IsInterface(t) || e.Is(t))
		return true
	})
	return found && all
}

// projects reports a read that leaves attributes out, also where another function makes its input.
func projects(s *syntax.Site) bool { return projectsWithin(s, 0) }

func projectsWithin(s *syntax.Site, depth int) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			name := strings.TrimPrefix(n.Name, "Set") // of an input of SDK version 1
			found = found || name == dynamo.ProjectionExpression || name == dynamo.AttributesToGet
		case *ast.CallExpr:
			if _, input := dynamo.ByInput(s.Info.TypeOf(n)); input && depth < 3 {
				of, fn := s.Src.Declared(s.Callee(n))
				found = found || fn != nil && fn.Body != nil && projectsWithin(of.Around(fn.Body), depth+1)
			}
		}
		return !found
	})
	return found
}

// alone reports that nothing else sees to the version: that neither the functions on the way to the write change it, nor
// the write is in a loop over one and the same value.
func (l *lock) alone() bool {
	for _, fn := range l.functions() {
		if write.Changes(fn, l.entity, l.version.Field) || l.leftTo(fn, map[*ast.FuncDecl]bool{}) {
			return false
		}
	}
	return !l.Repeated(l.value.Pos())
}

// leftTo reports a function that leaves the version to one which it gives the entity: a method of the entity that counts it on.
func (l *lock) leftTo(s *syntax.Site, seen map[*ast.FuncDecl]bool) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found || len(seen) > 100 {
			return !found
		}
		given := slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return l.entity.Is(s.Info.TypeOf(a)) })
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			given = given || l.entity.Is(s.Info.TypeOf(sel.X))
		}
		if !given || syntax.CalledName(call) == nil {
			return true
		}
		of, fn := l.Src.Declared(s.Callee(call))
		if fn == nil || fn.Body == nil || seen[fn] {
			return true
		}
		seen[fn] = true
		inner := of.Around(fn.Body)
		found = write.Changes(inner, l.entity, l.version.Field) || l.leftTo(inner, seen)
		return !found
	})
	return found
}

// moves reports a function that gives the entity another key and deletes: what it puts is another item than the one that was read,
// and has no version.
func (l *lock) moves() bool {
	deletes := false
	ast.Inspect(l.Outermost(), func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && !deletes {
			t := l.Info.TypeOf(lit)
			op, is := dynamo.ByInput(t)
			k, action := dynamo.ActionType(t)
			deletes = is && op.Kind == dynamo.Delete || action && k == dynamo.Delete
		}
		return !deletes
	})
	if !deletes {
		return false
	}
	for i := range l.entity.Typ.NumFields() {
		attr := l.Dialect.StoredName(l.entity.Typ, i)
		isKey := slices.ContainsFunc(l.f.Reads, func(a finding.Access) bool { return slices.Contains(a.Key, attr) }) || keyName.MatchString(attr)
		if isKey && write.Changes(l.Request.Site, l.entity, l.entity.Typ.Field(i).Name()) {
			return true
		}
	}
	return false
}

// keyName matches what key attributes of tables with many kinds of items are called.
var keyName = regexp.MustCompile(`(?i)^_?(pk|sk|hash_?key|range_?key|partition_?key|sort_?key)$`)

// functions are those that a finding's value passes: where read and write meet, and those that lead to the write.
func (l *lock) functions() []*syntax.Site {
	out := []*syntax.Site{l.Site}
	places := []finding.Pos{l.f.Pos}
	for _, v := range l.f.Writes[0].Via {
		places = append(places, finding.Pos{File: v.File, Line: v.Line})
	}
	for _, p := range places {
		if s, ok := l.Src.At(p); ok {
			out = append(out, s)
		}
	}
	return out
}

// write makes the edits.
func (l *lock) write() bool {
	at, _ := l.Around(l.encoding).Statement()
	if at == nil || !l.Made && at.Pos() > l.Lit.Pos() && l.In != nil {
		return false
	}
	b, built := l.Builder()
	if built {
		st, _ := l.Around(b.Chain).Statement()
		if st == nil {
			return false
		}
		if st.Pos() < at.Pos() {
			at = st
		}
	}
	counter := l.value.Name() + "." + l.version.Field
	saved := l.Fresh("version", "readVersion", "versionRead")
	l.d.Insert(l.File, at.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	if l.pointer() && !l.restore(saved, counter) {
		return false
	}
	add(l.entity, l.d, l.version)
	if built {
		return l.buildDemand(b, l.version.Attr, saved)
	}
	return l.demand(l.version.Attr, saved, l.version.typ)
}

// demand puts the condition on the write: that the stored version is code, or that there is none.
func (l *lock) demand(attr, code string, t types.Type) bool {
	text, ok := write.NumberText(l.d, l.Site, code, t)
	if !ok {
		return false
	}
	n, ok := write.Number(l.d, l.Request, text)
	if !ok {
		return false
	}
	g := &write.Guard{R: l.Request}
	g.Text = g.Unchanged(attr, attr, n)
	return g.Put(l.d)
}

// buildDemand is demand for a request whose condition an expression builder makes.
func (l *lock) buildDemand(b *write.Builder, attr, code string) bool {
	text, ok := b.Unchanged(l.d, attr, code)
	return ok && b.With(l.d, []string{text})
}

// pointer reports a value that the caller sees as well.
func (l *lock) pointer() bool {
	_, ok := l.value.Type().Underlying().(*types.Pointer)
	return ok
}

// restore gives the version back to a caller whose write has failed, so that it can try again.
func (l *lock) restore(saved, counter string) bool {
	undo := counter + " = " + saved + "\n"
	if branch, _ := l.OnError(l.Call); branch != nil {
		if len(branch.List) == 0 {
			return false
		}
		l.d.Insert(l.File, branch.List[0].Pos(), undo)
		return true
	}
	st, _ := l.Statement()
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(l.Call) {
		return false
	}
	err, ok := as.Lhs[len(as.Lhs)-1].(*ast.Ident)
	if !ok || err.Name == "_" || !syntax.IsError(l.Info.TypeOf(err)) || as.Tok != token.ASSIGN && as.Tok != token.DEFINE {
		return false
	}
	l.d.After(l.Site, as, "if "+err.Name+" != nil {\n"+undo+"}")
	return true
}

// wholeRead reports reads that fill the entity with all its attributes.
func (l *lock) wholeRead() bool {
	for _, a := range l.f.Reads {
		s, ok := l.Src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
		if !ok || !l.hand && !decodes(s, l.entity) || projects(s) {
			return false
		}
	}
	return true
}
