package summary

import (
	"go/types"
	"reflect"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// declaredEntities lists the struct types of a package whose fields say how they are stored.
func declaredEntities(pkg *types.Package) []Entity {
	var out []Entity
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 {
			continue
		}
		if attrs, tagged := attributes(named, 0); tagged {
			out = append(out, Entity{Name: TypeID(named), Attrs: attrs})
		}
	}
	return out
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
