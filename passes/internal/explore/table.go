package explore

import (
	"encoding/json"
	"slices"
	"strings"
)

// Table describes a table. A key attribute is written "id", or with its type
// "seq:N" when it is not a string.
type Table struct {
	Name      string
	Partition string
	Sort      string // "" for none
	Indexes   []Index
}

// Index describes a global secondary index. Project lists the attributes it
// holds besides the keys; nil means all.
type Index struct {
	Name      string
	Partition string
	Sort      string
	Project   []string
}

type keyAttribute struct{ name, kind string }

func newKeyAttribute(spec string) keyAttribute {
	name, kind, typed := strings.Cut(spec, ":")
	if !typed {
		kind = "S"
	}
	return keyAttribute{name, kind}
}

// keySchema is the key of a table or of an index.
type keySchema struct{ partition, sort keyAttribute }

func newKeySchema(partition, sort string) keySchema {
	k := keySchema{partition: newKeyAttribute(partition)}
	if sort != "" {
		k.sort = newKeyAttribute(sort)
	}
	return k
}

// attributes are the key's attributes, one or two.
func (k keySchema) attributes() []keyAttribute {
	if k.sort.name == "" {
		return []keyAttribute{k.partition}
	}
	return []keyAttribute{k.partition, k.sort}
}

func (k keySchema) has(name string) bool { return name == k.partition.name || name == k.sort.name }

// of gives the key of an item, which check has accepted.
func (k keySchema) of(it item) item {
	out := item{}
	for _, a := range k.attributes() {
		out[a.name] = it[a.name]
	}
	return out
}

// check says whether an item has the key, of the right types and not empty.
func (k keySchema) check(it item) error {
	for _, a := range k.attributes() {
		v, ok := it[a.name]
		switch {
		case !ok:
			return validationError("one or more parameter values were invalid: Missing the key %s in the item", a.name)
		case v.kind != a.kind:
			return validationError("one or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", a.name, a.kind, v.kind)
		case v.text == "":
			return validationError("one or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty value. Key: %s", a.name)
		}
	}
	return nil
}

// index is a Table's Index made ready.
type index struct {
	name    string
	key     keySchema
	project []string
}

// holds reports whether an item is in the index.
func (x *index) holds(it item) bool { return x.key.check(it) == nil }

// table is a Table with its items.
type table struct {
	name    string
	key     keySchema
	indexes []*index
	items   map[string]item // by encoded key
}

func newTable(t Table) *table {
	out := &table{name: t.Name, key: newKeySchema(t.Partition, t.Sort), items: map[string]item{}}
	for _, x := range t.Indexes {
		out.indexes = append(out.indexes, &index{name: x.Name, key: newKeySchema(x.Partition, x.Sort), project: x.Project})
	}
	return out
}

// locate checks a request's Key and encodes it.
func (t *table) locate(key item) (string, error) {
	if len(key) != len(t.key.attributes()) {
		return "", validationError("the provided key element does not match the schema")
	}
	if err := t.key.check(key); err != nil {
		return "", err
	}
	return encodeKey(t.key, key), nil
}

// checkItem checks what is about to be stored: the table's key, and the types
// of the attributes that are keys of indexes.
func (t *table) checkItem(it item) error {
	if err := t.key.check(it); err != nil {
		return err
	}
	for _, x := range t.indexes {
		for _, a := range x.key.attributes() {
			if v, ok := it[a.name]; ok && (v.kind != a.kind || v.text == "") {
				return validationError("one or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", a.name, a.kind, v.kind, x.name)
			}
		}
	}
	return nil
}

// encodeKey gives one text for one key.
func encodeKey(k keySchema, it item) string {
	var parts []string
	for _, a := range k.attributes() {
		parts = append(parts, it[a.name].text)
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return strings.Join(parts, "\x00")
	}
	return string(text)
}

// position orders items: by an index's key, if one is used, then by the
// table's. Partitions come by name; DynamoDB's own order of them is unspecified.
func (t *table) position(x *index, a, b item) int {
	keys := t.key.attributes()
	if x != nil {
		keys = append(x.key.attributes(), keys...)
	}
	for _, k := range keys {
		if order, _ := a[k.name].compare(b[k.name]); order != 0 {
			return order
		}
	}
	return 0
}

// sorted gives the items of the table, or of one index, in order.
func (t *table) sorted(x *index) []item {
	var out []item
	for _, it := range t.items {
		if x == nil || x.holds(it) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b item) int { return t.position(x, a, b) })
	return out
}
