package lock

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// ByHand is Optimistic for items that the program makes of a struct, and back, by hand, and that have no version yet:
// the struct gets one, what makes a struct of an item reads it, and the put demands it and stores the next one.
func ByHand(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if !src.Whole || !handNeeds(f) {
		return finding.Fix{}, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok || r.Made || r.Built != nil {
		return finding.Fix{}, false
	}
	h := &handMade{lock: lock{Request: r, d: src.Draft(), f: f, hand: true}}
	if _, built := r.Builder(); built || !h.written() || !h.alone() || !h.readBack() || !h.handedOn() || !h.callersHandOn() {
		return finding.Fix{}, false
	}
	if h.Demanded(h.version.Attr) || !h.edit() {
		return finding.Fix{}, false
	}
	note, ok := h.others(h.entity, h.version)
	if !ok {
		return finding.Fix{}, false
	}
	title := "add a " + h.version.Attr + " to " + h.entity.Named.Obj().Name() + " and its items, put one only if it is still the one that was read, and count it on"
	return h.d.Fix(title+note+h.otherPuts()+write.Refused(f), true)
}

// handNeeds reports a write that depends on an item which was there.
func handNeeds(f *finding.Finding) bool {
	return len(f.Reads) > 0 && !slices.ContainsFunc(f.Needs, func(n finding.Need) bool {
		return !slices.Contains([]string{"value", "attribute", "presence", "key"}, n.What)
	})
}

// A handMade item is put by one function of the source, and made of a struct by it or by another one.
type handMade struct {
	lock
	// item is what is put, kept the variable that holds it; nil for an item that is written in the request.
	item ast.Expr
	kept *types.Var
	// readers are the places where the struct is made of an item.
	readers []*handReader
}

// written finds the struct that an item is made of, and what makes it.
func (h *handMade) written() bool {
	kv := write.Field(h.Lit, dynamo.Item)
	if kv == nil || h.SetsLater(dynamo.Item) || write.Encoded(h.Of, kv.Value) != nil {
		return false
	}
	h.item = kv.Value
	made := kv.Value
	if v := h.Variable(made); v != nil {
		if h.kept, made = v, h.Definition(v); made == nil {
			return false
		}
	}
	h.encoder = h.Site
	if call, ok := ast.Unparen(made).(*ast.CallExpr); ok && !write.IsMake(h.lock.Request.Site, call) && !h.encodes(call) {
		return false
	}
	if h.value == nil {
		h.value = h.mentionedStruct(made)
	}
	if h.value == nil {
		return false
	}
	h.entity, _ = write.EntityOf(h.Src, h.value.Type())
	h.version = Version{Field: "Version", Attr: "version", typ: types.Typ[types.Int64], Added: true}
	return !dynamo.OwnEncoding(h.value.Type()) && lacks(h.entity, h.version, h.Dialect) && keyedOnly(h.entity) && !h.keeps(h.entity, h.version.Attr)
}

// encodes moves to a function that makes an item of a struct; ok is false for one that is not seen, or may give out a map
// that something else has.
func (h *handMade) encodes(call *ast.CallExpr) bool {
	s, fn := h.Src.Declared(h.Callee(call))
	if fn == nil || fn.Body == nil || !makesMap(s, fn) {
		return false
	}
	given := call.Args
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		given = append([]ast.Expr{sel.X}, given...)
	}
	for _, arg := range given {
		v := h.Variable(arg)
		if v == nil || !h.handStored(v) {
			continue
		}
		if h.value != nil {
			return false
		}
		h.value, h.encoder = v, s.Around(fn.Body)
	}
	return true
}

// makesMap reports a function that makes a map for each call.
func makesMap(s *syntax.Site, fn *ast.FuncDecl) bool {
	in, ok := s.Around(fn.Body), true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		ret, is := n.(*ast.ReturnStmt)
		if !is || len(ret.Results) == 0 {
			return ok
		}
		e := ret.Results[0]
		if v := in.Variable(e); v != nil {
			e = in.Definition(v)
		}
		ok = ok && e != nil && (write.Literal(e) != nil || write.IsMake(in, e) || syntax.Named(e, "nil"))
		return ok
	})
	return ok
}

// mentionedStruct gives the one struct which an item is made of in the function of the put.
func (h *handMade) mentionedStruct(made ast.Expr) *types.Var {
	all := map[*types.Var]bool{}
	h.Mentioned(made, all, 0)
	ast.Inspect(h.Outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || h.kept == nil {
			return true
		}
		for i, l := range as.Lhs {
			if index, ok := ast.Unparen(l).(*ast.IndexExpr); ok && h.Variable(index.X) == h.kept && i < len(as.Rhs) {
				h.Mentioned(as.Rhs[i], all, 0)
			}
		}
		return true
	})
	var found *types.Var
	for v := range all {
		if !h.handStored(v) {
			continue
		}
		if found != nil {
			return nil
		}
		found = v
	}
	return found
}

// handStored reports a variable of a struct that something makes of items by hand.
func (h *handMade) handStored(v *types.Var) bool {
	e, ok := write.EntityOf(h.Src, v.Type())
	if !ok {
		return false
	}
	readers, ok := h.readersOf(e)
	return ok && len(readers) > 0
}

// edit writes the fix, but for other updates of the items.
func (h *handMade) edit() bool {
	st, _ := h.Around(h.Lit).Statement()
	if st == nil {
		return false
	}
	counter := h.value.Name() + "." + h.version.Field
	text, ok := write.NumberText(h.d, h.Site, counter+"+1", h.version.typ)
	if !ok {
		return false
	}
	next, ok := write.Number(h.d, h.Request, text)
	if !ok {
		return false
	}
	key := strconv.Quote(h.version.Attr)
	switch lit := write.Literal(h.item); {
	case h.kept != nil:
		h.d.Insert(h.File, st.Pos(), h.kept.Name()+"["+key+"] = "+next+"\n")
	case lit != nil:
		h.d.Elements(h.Site, lit, []string{key + ": " + next})
	default:
		name := h.Fresh("item", "stored")
		h.d.Insert(h.File, st.Pos(), name+" := "+h.Text(h.item)+"\n"+name+"["+key+"] = "+next+"\n")
		h.d.Swap(h.Site, h.item, name)
	}
	if h.pointer() && !h.countOnSuccess(counter) {
		return false
	}
	h.declare()
	for _, r := range h.readers {
		if !r.edit(h) {
			return false
		}
	}
	return h.demand(h.version.Attr, counter, h.version.typ)
}

// declare adds the field, which the SDK's decoder fills in some places.
func (h *handMade) declare() {
	if write.Tagged(h.entity.Typ) || decoded(h.Src, h.entity) {
		add(h.entity, h.d, h.version)
		return
	}
	tag := ""
	if tagged(h.entity, "json") {
		tag = " `json:\"-\"`"
	}
	text := "// " + h.version.Field + " counts the writes of the item, so that one made from an older read is refused.\n" +
		h.version.Field + " " + h.version.typ.String() + tag + "\n"
	if h.Src.Fset.Position(h.entity.Lit.Fields.Opening).Line == h.Src.Fset.Position(h.entity.Lit.Fields.Closing).Line {
		text = "\n" + text
	}
	h.d.Insert(h.entity.File, h.entity.Lit.Fields.Closing, text)
}

// decoded reports an entity that the SDK's decoder fills somewhere.
func decoded(src *syntax.Source, e *write.Entity) bool {
	found := false
	eachCall(src, func(s *syntax.Site, call *ast.CallExpr) {
		i, ok := dynamo.Decodes(s.Callee(call))
		if !ok || i >= len(call.Args) {
			return
		}
		t := syntax.Deref(syntax.TypeOr(s.Info.TypeOf(call.Args[i])))
		if list, ok := t.Underlying().(*types.Slice); ok {
			t = list.Elem()
		}
		found = found || e.Is(t)
	})
	return found
}

// eachCall visits all calls in the source.
func eachCall(src *syntax.Source, visit func(*syntax.Site, *ast.CallExpr)) {
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				visit(s, call)
			}
			return true
		})
	}
}

// otherPuts says, for a title, that other functions put items which are made of the struct.
func (h *handMade) otherPuts() string {
	found := false
	for s := range h.Src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || lit == h.Lit || !isPut(s.Info.TypeOf(lit)) || found {
				return !found
			}
			at := s.Around(lit)
			ast.Inspect(at.Outermost(), func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				v, isVar := s.Info.Uses[id].(*types.Var)
				found = found || ok && isVar && !v.IsField() && h.entity.Is(v.Type())
				return !found
			})
			return !found
		})
	}
	if found {
		return "; other puts of " + h.entity.Named.Obj().Name() + " must count it too"
	}
	return ""
}

// isPut reports the input of a PutItem, or a put of a transaction or a batch.
func isPut(t types.Type) bool {
	if t == nil {
		return false
	}
	if op, ok := dynamo.ByInput(t); ok {
		return op.Kind == dynamo.Put
	}
	k, ok := dynamo.ActionType(t)
	return ok && k == dynamo.Put
}
