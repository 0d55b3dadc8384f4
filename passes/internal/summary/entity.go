package summary

import (
	"go/types"
	"iter"
	"reflect"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// declaredEntities lists the struct types of a package whose fields say how they are stored.
func declaredEntities(pkg *types.Package) []Entity {
	var out []Entity
	for named := range plainTypes(pkg) {
		if attrs, tagged := attributes(named, 0); tagged {
			out = append(out, Entity{Name: TypeID(named), Attrs: attrs})
		}
	}
	return out
}

// plainTypes are the named types that a package declares at its top, without those that have type parameters.
func plainTypes(pkg *types.Package) iter.Seq[*types.Named] {
	scope := pkg.Scope()
	return func(yield func(*types.Named) bool) {
		for _, name := range scope.Names() {
			tn, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || tn.IsAlias() {
				continue
			}
			if named, ok := tn.Type().(*types.Named); ok && named.TypeParams().Len() == 0 && !yield(named) {
				return
			}
		}
	}
}

// attributes lists the attributes of a struct, those of embedded structs included; tagged says that some field tells.
func attributes(t types.Type, depth int) (attrs []string, tagged bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 4 {
		return nil, false
	}
	for i := range st.NumFields() {
		tag := reflect.StructTag(st.Tag(i))
		for _, key := range []string{"dynamodbav", "dynamo", "json"} {
			_, has := tag.Lookup(key)
			tagged = tagged || has
		}
		f := dynamo.FieldName(t, i)
		switch {
		case f.Transparent:
			inner, told := attributes(st.Field(i).Type(), depth+1)
			attrs, tagged = append(attrs, inner...), tagged || told
		case !f.Omitted:
			attrs = append(attrs, f.Name)
			if f.Alias != "" {
				attrs = append(attrs, f.Alias)
			}
		}
	}
	return attrs, tagged
}
