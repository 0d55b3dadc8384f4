package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// optimisticLock retrofits a version to an item that is read, changed in Go and put back whole: the put demands the
// version that was read, or none, and stores the next one. Where the entity has no version it gets one; items that were
// stored before have none, and are let through once.
func optimisticLock(src *Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := src.request(f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	l := &lock{request: r, d: src.draft(), f: f}
	if !l.stored() || !l.read() || !l.alone() || l.moves() || !l.fits() || l.demanded(l.version.attr) {
		return finding.Fix{}, false
	}
	if !l.write() {
		return finding.Fix{}, false
	}
	what := l.value.Name() + "." + l.version.field
	title := "put the item only if its " + l.version.attr + " is still the one that was read, and count it on (" + what + ")"
	if l.version.added {
		title = "add a " + l.version.attr + " to " + l.entity.named.Obj().Name() + ", put the item only if it is still the one that was read, and count it on"
	}
	note, ok := l.others(l.entity, l.version)
	if !ok {
		return finding.Fix{}, false
	}
	title += note
	return l.d.fix(title+refused(f), true)
}

// A lock is an optimistic lock in the making.
type lock struct {
	*request
	d *draft
	f *finding.Finding
	// value is the variable that is stored, encoding the call that turns it into an item.
	value    *types.Var
	encoding *ast.CallExpr
	entity   *entity
	version  version
	// table is where the table's name comes from, when the request does not say it.
	table string
	// hand is set for an entity that functions of the source make an item of, and back; encoder is the former one.
	hand    bool
	encoder *site
	// sets are the attributes of a write that is an update of them; nil where the whole item is put.
	sets []string
	// carries is set where literals that are made from the entity get its version.
	carries bool
}

// stored finds what is put, and how it is made an item.
func (l *lock) stored() bool {
	item := field(l.lit, dynamo.Item)
	if item == nil || l.setsLater(dynamo.Item) {
		return false
	}
	if l.encoding = l.of.encoded(item.Value); l.encoding == nil {
		return !l.made && l.byHand(item.Value)
	}
	l.value = l.of.variable(l.encoding.Args[0])
	if l.made && l.value != nil && !l.handedOver() {
		return false
	}
	if l.value == nil {
		return false
	}
	var ok bool
	if l.entity, ok = l.src.entity(l.value.Type()); !ok || dynamo.OwnEncoding(l.value.Type()) {
		return false
	}
	l.version, ok = l.entity.version(l.dialect)
	return ok && (!l.version.added || l.entity.keyedOnly())
}

// handedOver moves to the variable that a helper is given which makes the input of it.
func (l *lock) handedOver() bool {
	fn, ok := enclosing[*ast.FuncDecl](l.of)
	if !ok || l.in == nil {
		return false
	}
	index := l.of.parameter(fn, l.value)
	call, ok := ast.Unparen(l.assignments(l.in)[0].value).(*ast.CallExpr)
	if index < 0 || !ok || index >= len(call.Args) || len(l.of.assignments(l.value)) > 0 {
		return false
	}
	l.encoding, l.value = call, l.variable(call.Args[index])
	return true
}

// encoded finds the call of the SDK's encoder that an item comes from.
func (s *site) encoded(e ast.Expr) *ast.CallExpr {
	v := s.variable(e)
	if v == nil {
		return nil
	}
	all := s.assignments(v)
	if len(all) != 1 || all[0].result != 0 {
		return nil
	}
	call, ok := ast.Unparen(all[0].value).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if n, ok := dynamo.Encodes(s.callee(call)); !ok || n >= len(call.Args) {
		return nil
	}
	return call
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
	ast.Inspect(l.outermost(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if i, ok := dynamo.Decodes(l.callee(call)); ok && i < len(call.Args) && l.variable(call.Args[i]) == l.value {
				found = true
			}
		}
		return !found
	})
	return found
}

// decodes reports a function that fills the entity, or whatever it is asked for, from what it has read.
func (s *site) decodes(e *entity) bool {
	found, all := false, true
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		i, ok := dynamo.Decodes(s.callee(call))
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
		all = all && (generic || types.IsInterface(t) || e.is(t))
		return true
	})
	return found && all
}

// projects reports a read that leaves attributes out.
func (s *site) projects() bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && (id.Name == dynamo.ProjectionExpression || id.Name == dynamo.AttributesToGet) {
			found = true
		}
		return !found
	})
	return found
}

// alone reports that nothing else sees to the version: that neither the functions on the way to the write change it, nor
// the write is in a loop over one and the same value.
func (l *lock) alone() bool {
	for _, fn := range l.functions() {
		if fn.changes(l.entity, l.version.field) || l.leftTo(fn, map[*ast.FuncDecl]bool{}) {
			return false
		}
	}
	return !l.repeated(l.value.Pos())
}

// leftTo reports a function that leaves the version to one which it gives the entity: a method of the entity that counts it on.
func (l *lock) leftTo(s *site, seen map[*ast.FuncDecl]bool) bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found || len(seen) > 100 {
			return !found
		}
		given := slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return l.entity.is(s.Info.TypeOf(a)) })
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			given = given || l.entity.is(s.Info.TypeOf(sel.X))
		}
		if !given || calledName(call) == nil {
			return true
		}
		of, fn := l.src.declared(s.callee(call))
		if fn == nil || fn.Body == nil || seen[fn] {
			return true
		}
		seen[fn] = true
		inner := of.around(fn.Body)
		found = inner.changes(l.entity, l.version.field) || l.leftTo(inner, seen)
		return !found
	})
	return found
}

// moves reports a function that gives the entity another key and deletes: what it puts is another item than the one that was read,
// and has no version.
func (l *lock) moves() bool {
	deletes := false
	ast.Inspect(l.outermost(), func(n ast.Node) bool {
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
	for i := range l.entity.typ.NumFields() {
		attr := l.dialect.StoredName(l.entity.typ, i)
		isKey := slices.ContainsFunc(l.f.Reads, func(a finding.Access) bool { return slices.Contains(a.Key, attr) }) || keyName.MatchString(attr)
		if isKey && l.changes(l.entity, l.entity.typ.Field(i).Name()) {
			return true
		}
	}
	return false
}

// keyName matches what key attributes of tables with many kinds of items are called.
var keyName = regexp.MustCompile(`(?i)^_?(pk|sk|hash_?key|range_?key|partition_?key|sort_?key)$`)

// functions are those that a finding's value passes: where read and write meet, and those that lead to the write.
func (l *lock) functions() []*site {
	out := []*site{l.site}
	places := []finding.Pos{l.f.Pos}
	for _, v := range l.f.Writes[0].Via {
		places = append(places, finding.Pos{File: v.File, Line: v.Line})
	}
	for _, p := range places {
		if s, ok := l.src.at(p); ok {
			out = append(out, s)
		}
	}
	return out
}

// changes reports a function that sets or counts a field of the entity.
func (s *site) changes(e *entity, name string) bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		var targets []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			targets = n.Lhs
		case *ast.IncDecStmt:
			targets = []ast.Expr{n.X}
		}
		for _, t := range targets {
			if sel, ok := ast.Unparen(t).(*ast.SelectorExpr); ok && sel.Sel.Name == name && e.is(s.Info.TypeOf(sel.X)) {
				found = true
			}
		}
		return !found
	})
	return found
}

// write makes the edits.
func (l *lock) write() bool {
	at, _ := l.around(l.encoding).statement()
	if at == nil || !l.made && at.Pos() > l.lit.Pos() && l.in != nil {
		return false
	}
	b, built := l.builder()
	if built {
		st, _ := l.around(b.chain).statement()
		if st == nil {
			return false
		}
		if st.Pos() < at.Pos() {
			at = st
		}
	}
	counter := l.value.Name() + "." + l.version.field
	saved := l.fresh("version", "readVersion", "versionRead")
	l.d.insert(l.file, at.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	if l.pointer() && !l.restore(saved, counter) {
		return false
	}
	l.entity.add(l.d, l.version)
	if built {
		return l.buildDemand(b, l.version.attr, saved)
	}
	return l.demand(l.version.attr, saved, l.version.typ)
}

// demand puts the condition on the write: that the stored version is code, or that there is none.
func (l *lock) demand(attr, code string, t types.Type) bool {
	text, ok := l.d.numberText(l.site, code, t)
	if !ok {
		return false
	}
	n, ok := l.d.number(l.request, text)
	if !ok {
		return false
	}
	g := &guard{r: l.request}
	g.text = g.unchanged(attr, attr, n)
	return g.put(l.d)
}

// buildDemand is demand for a request whose condition an expression builder makes.
func (l *lock) buildDemand(b *builder, attr, code string) bool {
	text, ok := b.unchanged(l.d, attr, code)
	return ok && b.with(l.d, []string{text})
}

// pointer reports a value that the caller sees as well.
func (l *lock) pointer() bool {
	_, ok := l.value.Type().Underlying().(*types.Pointer)
	return ok
}

// restore gives the version back to a caller whose write has failed, so that it can try again.
func (l *lock) restore(saved, counter string) bool {
	undo := counter + " = " + saved + "\n"
	if branch, _ := l.onError(l.call); branch != nil {
		if len(branch.List) == 0 {
			return false
		}
		l.d.insert(l.file, branch.List[0].Pos(), undo)
		return true
	}
	st, _ := l.statement()
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(l.call) {
		return false
	}
	err, ok := as.Lhs[len(as.Lhs)-1].(*ast.Ident)
	if !ok || err.Name == "_" || !isError(l.Info.TypeOf(err)) || as.Tok != token.ASSIGN && as.Tok != token.DEFINE {
		return false
	}
	l.d.after(l.site, as, "if "+err.Name+" != nil {\n"+undo+"}")
	return true
}
