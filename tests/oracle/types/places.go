package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// printFile prints the places of one file in the order of the text.
func printFile(output *bufio.Writer, files *token.FileSet, file *ast.File, info *types.Info) {
	deferred := map[*ast.CallExpr]bool{}
	line := func(kind string, expression ast.Expr, fields ...string) {
		start, end := files.Position(expression.Pos()).Offset, files.Position(expression.End()).Offset
		fmt.Fprintf(output, "%s\t%d\t%d\t%s\n", kind, start, end, strings.Join(fields, "\t"))
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ReturnStmt:
			for _, result := range node.Results {
				line("return", result, classOf(info.Types[result]))
			}
		case *ast.DeferStmt:
			deferred[node.Call] = true
		case *ast.CallExpr:
			kind := "call"
			if deferred[node] {
				kind = "defer"
			}
			line(kind, node, append([]string{classOf(info.Types[node.Fun])}, calleeOf(info, node.Fun)...)...)
		}
		return true
	})
}

// classOf returns the class of a value's type: map, func, chan, error (the predeclared interface and nothing else), nil,
// open (a type parameter whose types have no underlying type in common), builtin, or other.
func classOf(value types.TypeAndValue) string {
	switch {
	case value.IsNil():
		return "nil"
	case value.IsBuiltin():
		return "builtin"
	case types.Identical(value.Type, types.Universe.Lookup("error").Type()):
		return "error"
	}
	underlying := value.Type.Underlying()
	if parameter, ok := types.Unalias(value.Type).(*types.TypeParam); ok {
		underlying = coreOf(parameter)
	}
	switch underlying.(type) {
	case nil:
		return "open"
	case *types.Map:
		return "map"
	case *types.Signature:
		return "func"
	case *types.Chan:
		return "chan"
	}
	return "other"
}

// coreOf returns the one underlying type of all types of a type parameter, or nil.
func coreOf(parameter *types.TypeParam) types.Type {
	constraint := parameter.Constraint().Underlying().(*types.Interface)
	for embedded := range constraint.EmbeddedTypes() {
		if core := coreOfTerms(embedded); core != nil {
			return core
		}
	}
	return nil
}

func coreOfTerms(term types.Type) types.Type {
	switch term := types.Unalias(term).(type) {
	case *types.Union:
		var core types.Type
		for single := range term.Terms() {
			other := coreOfTerms(single.Type())
			if other == nil || core != nil && !types.Identical(core, other) {
				return nil
			}
			core = other
		}
		return core
	default:
		interface_, ok := term.Underlying().(*types.Interface)
		if !ok {
			return term.Underlying()
		}
		for embedded := range interface_.EmbeddedTypes() {
			if core := coreOfTerms(embedded); core != nil {
				return core
			}
		}
		return nil
	}
}

// calleeOf returns what a call calls, by the expression in the place of the function:
//
//	builtin NAME
//	conversion
//	literal
//	local                         a local variable, a parameter or a result
//	value                         any other value
//	function PACKAGE NAME
//	method PACKAGE TYPE NAME
//	expression PACKAGE TYPE NAME  a method in the form T.f
//	interface NAME                a method of an interface
func calleeOf(info *types.Info, function ast.Expr) []string {
	function = ast.Unparen(function)
	if info.Types[function].IsType() {
		return []string{"conversion"}
	}
	switch function := function.(type) {
	case *ast.FuncLit:
		return []string{"literal"}
	case *ast.IndexExpr:
		return instantiated(info, function.X)
	case *ast.IndexListExpr:
		return instantiated(info, function.X)
	case *ast.Ident:
		return object(info.Uses[function])
	case *ast.SelectorExpr:
		selection := info.Selections[function]
		if selection == nil {
			return object(info.Uses[function.Sel])
		}
		return selected(selection)
	}
	return []string{"value"}
}

// instantiated returns what is called by f[T](), and that a value is called by m[i]().
func instantiated(info *types.Info, generic ast.Expr) []string {
	callee := calleeOf(info, generic)
	if callee[0] == "local" {
		return []string{"value"}
	}
	return callee
}

func object(object types.Object) []string {
	switch object := object.(type) {
	case *types.Builtin:
		if object.Pkg() == types.Unsafe {
			return []string{"function", "unsafe", object.Name()}
		}
		return []string{"builtin", object.Name()}
	case *types.Func:
		return []string{"function", object.Pkg().Path(), object.Name()}
	case *types.Var:
		if object.Parent() != nil && object.Parent() != object.Pkg().Scope() {
			return []string{"local"}
		}
	}
	return []string{"value"}
}

func selected(selection *types.Selection) []string {
	method, ok := selection.Obj().(*types.Func)
	if !ok {
		return []string{"value"}
	}
	kind := "method"
	if selection.Kind() == types.MethodExpr {
		kind = "expression"
	}
	receiver := method.Signature().Recv().Type()
	if pointer, ok := types.Unalias(receiver).(*types.Pointer); ok {
		receiver = pointer.Elem()
	}
	switch {
	case !types.IsInterface(receiver):
		named := types.Unalias(receiver).(*types.Named)
		return []string{kind, method.Pkg().Path(), named.Obj().Name(), method.Name()}
	case selection.Kind() == types.MethodExpr:
		return []string{"value"}
	}
	return []string{"interface", method.Name()}
}
