// Package inject calls constructors by reflection, as containers for
// dependency injection do: no conversion to an interface is in the source.
package inject

import (
	"fmt"
	"reflect"
)

// Container knows what was built so far.
type Container struct{ built []reflect.Value }

// Provide calls a constructor with what was built before, and keeps its result.
func (c *Container) Provide(constructor any) error {
	out, err := c.call(constructor)
	if err != nil {
		return err
	}
	c.built = append(c.built, out...)
	return nil
}

// Invoke calls a function with what was built.
func (c *Container) Invoke(f any) error {
	_, err := c.call(f)
	return err
}

func (c *Container) call(f any) ([]reflect.Value, error) {
	fn := reflect.ValueOf(f)
	args := make([]reflect.Value, fn.Type().NumIn())
	for i := range args {
		want := fn.Type().In(i)
		for _, v := range c.built {
			if v.Type().AssignableTo(want) {
				args[i] = v
			}
		}
		if !args[i].IsValid() {
			return nil, fmt.Errorf("nothing provides %v", want)
		}
	}
	return fn.Call(args), nil
}
