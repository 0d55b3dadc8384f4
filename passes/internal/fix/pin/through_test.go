package pin

import "testing"

// TestCamel makes names of parameters out of those of attributes.
func TestCamel(t *testing.T) {
	for want, attr := range map[string]string{"createdAt": "created_at", "gsi1pk": "GSI1PK", "x": "_x", "value": "#", "lastSeen": "LastSeen"} {
		if got := Camel(attr); got != want {
			t.Errorf("Camel(%q) = %q, want %q", attr, got, want)
		}
	}
}
