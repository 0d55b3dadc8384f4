package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// handLock is optimisticLock for items that the program makes of a struct, and back, by hand, and that have no version yet:
// the struct gets one, what makes a struct of an item reads it, and the put demands it and stores the next one.
func handLock(src *Source, f *finding.Finding) (finding.Fix, bool) {
	if !src.Whole || !handNeeds(f) {
		return finding.Fix{}, false
	}
	r, ok := src.request(f.Writes[0])
	if !ok || r.made || r.built != nil {
		return finding.Fix{}, false
	}
	h := &handMade{lock: lock{request: r, d: src.draft(), f: f, hand: true}}
	if _, built := r.builder(); built || !h.written() || !h.alone() || !h.readBack() || !h.handedOn() || !h.callersHandOn() {
		return finding.Fix{}, false
	}
	if h.demanded(h.version.attr) || !h.edit() {
		return finding.Fix{}, false
	}
	note, ok := h.others(h.entity, h.version)
	if !ok {
		return finding.Fix{}, false
	}
	title := "add a " + h.version.attr + " to " + h.entity.named.Obj().Name() + " and its items, put one only if it is still the one that was read, and count it on"
	return h.d.fix(title+note+h.otherPuts()+refused(f), true)
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
	kv := field(h.lit, dynamo.Item)
	if kv == nil || h.setsLater(dynamo.Item) || h.of.encoded(kv.Value) != nil {
		return false
	}
	h.item = kv.Value
	made := kv.Value
	if v := h.variable(made); v != nil {
		if h.kept, made = v, h.definition(v); made == nil {
			return false
		}
	}
	h.encoder = h.site
	if call, ok := ast.Unparen(made).(*ast.CallExpr); ok && !h.isMake(call) && !h.encodes(call) {
		return false
	}
	if h.value == nil {
		h.value = h.mentionedStruct(made)
	}
	if h.value == nil {
		return false
	}
	h.entity, _ = h.src.entity(h.value.Type())
	h.version = version{field: "Version", attr: "version", typ: types.Typ[types.Int64], added: true}
	return !dynamo.OwnEncoding(h.value.Type()) && h.entity.lacks(h.version, h.dialect) && h.entity.keyedOnly() && !h.keeps(h.entity, h.version.attr)
}

// encodes moves to a function that makes an item of a struct; ok is false for one that is not seen, or may give out a map
// that something else has.
func (h *handMade) encodes(call *ast.CallExpr) bool {
	s, fn := h.src.declared(h.callee(call))
	if fn == nil || fn.Body == nil || !s.makesMap(fn) {
		return false
	}
	given := call.Args
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		given = append([]ast.Expr{sel.X}, given...)
	}
	for _, arg := range given {
		v := h.variable(arg)
		if v == nil || !h.handStored(v) {
			continue
		}
		if h.value != nil {
			return false
		}
		h.value, h.encoder = v, s.around(fn.Body)
	}
	return true
}

// makesMap reports a function that makes a map for each call.
func (s *site) makesMap(fn *ast.FuncDecl) bool {
	in, ok := s.around(fn.Body), true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		ret, is := n.(*ast.ReturnStmt)
		if !is || len(ret.Results) == 0 {
			return ok
		}
		e := ret.Results[0]
		if v := in.variable(e); v != nil {
			e = in.definition(v)
		}
		ok = ok && e != nil && (literal(e) != nil || in.isMake(e) || named(e, "nil"))
		return ok
	})
	return ok
}

// mentionedStruct gives the one struct which an item is made of in the function of the put.
func (h *handMade) mentionedStruct(made ast.Expr) *types.Var {
	all := map[*types.Var]bool{}
	h.mentioned(made, all, 0)
	ast.Inspect(h.outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || h.kept == nil {
			return true
		}
		for i, l := range as.Lhs {
			if index, ok := ast.Unparen(l).(*ast.IndexExpr); ok && h.variable(index.X) == h.kept && i < len(as.Rhs) {
				h.mentioned(as.Rhs[i], all, 0)
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
	e, ok := h.src.entity(v.Type())
	if !ok {
		return false
	}
	readers, ok := h.readersOf(e)
	return ok && len(readers) > 0
}

// edit writes the fix, but for other updates of the items.
func (h *handMade) edit() bool {
	st, _ := h.around(h.lit).statement()
	if st == nil {
		return false
	}
	counter := h.value.Name() + "." + h.version.field
	text, ok := h.d.numberText(h.site, counter+"+1", h.version.typ)
	if !ok {
		return false
	}
	next, ok := h.d.number(h.request, text)
	if !ok {
		return false
	}
	key := strconv.Quote(h.version.attr)
	switch lit := literal(h.item); {
	case h.kept != nil:
		h.d.insert(h.file, st.Pos(), h.kept.Name()+"["+key+"] = "+next+"\n")
	case lit != nil:
		h.d.elements(h.site, lit, []string{key + ": " + next})
	default:
		name := h.fresh("item", "stored")
		h.d.insert(h.file, st.Pos(), name+" := "+h.text(h.item)+"\n"+name+"["+key+"] = "+next+"\n")
		h.d.swap(h.site, h.item, name)
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
	return h.demand(h.version.attr, counter, h.version.typ)
}

// declare adds the field, which the SDK's decoder fills in some places.
func (h *handMade) declare() {
	if tagged(h.entity.typ) || h.src.decoded(h.entity) {
		h.entity.add(h.d, h.version)
		return
	}
	tag := ""
	if h.entity.tagged("json") {
		tag = " `json:\"-\"`"
	}
	text := "// " + h.version.field + " counts the writes of the item, so that one made from an older read is refused.\n" +
		h.version.field + " " + h.version.typ.String() + tag + "\n"
	if h.src.Fset.Position(h.entity.lit.Fields.Opening).Line == h.src.Fset.Position(h.entity.lit.Fields.Closing).Line {
		text = "\n" + text
	}
	h.d.insert(h.entity.file, h.entity.lit.Fields.Closing, text)
}

// decoded reports an entity that the SDK's decoder fills somewhere.
func (src *Source) decoded(e *entity) bool {
	found := false
	src.eachCall(func(s *site, call *ast.CallExpr) {
		i, ok := dynamo.Decodes(s.callee(call))
		if !ok || i >= len(call.Args) {
			return
		}
		t := deref(typeOr(s.Info.TypeOf(call.Args[i])))
		if list, ok := t.Underlying().(*types.Slice); ok {
			t = list.Elem()
		}
		found = found || e.is(t)
	})
	return found
}

// eachCall visits all calls in the source.
func (src *Source) eachCall(visit func(*site, *ast.CallExpr)) {
	for _, pkg := range src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					visit(s, call)
				}
				return true
			})
		}
	}
}

// otherPuts says, for a title, that other functions put items which are made of the struct.
func (h *handMade) otherPuts() string {
	found := false
	for _, pkg := range h.src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: h.src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok || lit == h.lit || !isPut(pkg.Info.TypeOf(lit)) || found {
					return !found
				}
				at := s.around(lit)
				ast.Inspect(at.outermost(), func(n ast.Node) bool {
					id, ok := n.(*ast.Ident)
					v, isVar := pkg.Info.Uses[id].(*types.Var)
					found = found || ok && isVar && !v.IsField() && h.entity.is(v.Type())
					return !found
				})
				return !found
			})
		}
	}
	if found {
		return "; other puts of " + h.entity.named.Obj().Name() + " must count it too"
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
