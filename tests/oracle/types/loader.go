package main

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

// A loader reads packages from Go's source tree. What they import is checked once, without the bodies of its functions.
type loader struct {
	source   string
	context  build.Context
	files    *token.FileSet
	parsed   map[string][]*ast.File
	imported map[string]*types.Package
	// bare holds files without the bodies of their functions, by their paths.
	bare map[string]*ast.File
}

// A checkedPackage is a package with what go/types found out about its expressions.
type checkedPackage struct {
	files []*ast.File
	info  *types.Info
	types *types.Package
}

func newLoader(source string) *loader {
	context := build.Default
	context.CgoEnabled = false
	return &loader{
		source:   source,
		context:  context,
		files:    token.NewFileSet(),
		parsed:   map[string][]*ast.File{},
		imported: map[string]*types.Package{"unsafe": types.Unsafe},
		bare:     map[string]*ast.File{},
	}
}

func (l *loader) directory(path string) string {
	return filepath.Join(l.source, filepath.FromSlash(path))
}

// check checks the package of a directory with its tests, and its external tests; none where there is no package.
func (l *loader) check(path string) ([]checkedPackage, error) {
	found, err := l.context.ImportDir(l.directory(path), 0)
	if noGo := (*build.NoGoError)(nil); errors.As(err, &noGo) {
		return nil, nil
	}
	// The two packages that only describe the language aren't meant to be compiled.
	if err != nil || path == "builtin" || path == "unsafe" {
		return nil, err
	}
	names := append(found.GoFiles, found.TestGoFiles...)
	tested, err := l.checkFiles(path, found.Dir, names, l.importerFor(path, l.load))
	if err != nil || len(found.XTestGoFiles) == 0 {
		return []checkedPackage{tested}, err
	}
	importer := l.importerFor(path, l.loadBeside(path, tested.types))
	external, err := l.checkFiles(path+"_test", found.Dir, found.XTestGoFiles, importer)
	return []checkedPackage{tested, external}, err
}

func (l *loader) checkFiles(path, directory string, names []string, importer types.Importer) (checkedPackage, error) {
	files, err := l.parse(directory, names)
	if err != nil {
		return checkedPackage{}, err
	}
	info := &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	config := types.Config{Importer: importer, Sizes: types.SizesFor("gc", l.context.GOARCH)}
	checked, err := config.Check(path, l.files, files, info)
	return checkedPackage{files, info, checked}, err
}

func (l *loader) parse(directory string, names []string) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(l.files, filepath.Join(directory, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// An importerFunc is an importer by a function.
type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// importerFor returns the importer of the package `from`. `load` takes the directory of a package below the source tree
// and the path by which it is imported.
func (l *loader) importerFor(from string, load func(below, path string) (*types.Package, error)) types.Importer {
	return importerFunc(func(path string) (*types.Package, error) {
		return load(l.resolve(from, path), path)
	})
}

// resolve returns the directory below the source tree of a package that the package `from` imports.
func (l *loader) resolve(from, path string) string {
	vendored := "vendor/" + path
	if strings.HasPrefix(from, "cmd/") {
		vendored = "cmd/" + vendored
	}
	if _, err := os.Stat(l.directory(vendored)); err == nil {
		return vendored
	}
	return path
}

// load returns a package as others import it.
func (l *loader) load(below, path string) (*types.Package, error) {
	if known := l.imported[below]; known != nil {
		return known, nil
	}
	checked, err := l.checkDeclarations(below, path, l.load)
	if err == nil {
		l.imported[below] = checked
	}
	return checked, err
}

// loadBeside returns how the external tests of a package load others: the package has its own tests, for them and for
// every package between.
func (l *loader) loadBeside(path string, tested *types.Package) func(below, path string) (*types.Package, error) {
	reloaded := map[string]*types.Package{path: tested}
	depends := map[*types.Package]bool{}
	var load func(below, path string) (*types.Package, error)
	load = func(below, path string) (*types.Package, error) {
		if known := reloaded[below]; known != nil {
			return known, nil
		}
		plain, err := l.load(below, path)
		if err != nil || !dependsOn(plain, tested.Path(), depends) {
			return plain, err
		}
		checked, err := l.checkDeclarations(below, path, load)
		if err == nil {
			reloaded[below] = checked
		}
		return checked, err
	}
	return load
}

// dependsOn reports whether a package imports the one with this path, or one that does; `known` keeps the answers.
func dependsOn(from *types.Package, path string, known map[*types.Package]bool) bool {
	if answer, ok := known[from]; ok {
		return answer
	}
	answer := from.Path() == path
	for _, imported := range from.Imports() {
		answer = answer || dependsOn(imported, path, known)
	}
	known[from] = answer
	return answer
}

// checkDeclarations checks a package without the bodies of its functions.
func (l *loader) checkDeclarations(below, path string, load func(below, path string) (*types.Package, error)) (*types.Package, error) {
	files := l.parsed[below]
	if files == nil {
		found, err := l.context.ImportDir(l.directory(below), 0)
		if err != nil {
			return nil, err
		}
		files, err = l.parse(found.Dir, found.GoFiles)
		if err != nil {
			return nil, err
		}
		forgetBodies(files)
		l.parsed[below] = files
	}
	config := types.Config{
		Importer:         l.importerFor(below, load),
		Sizes:            types.SizesFor("gc", l.context.GOARCH),
		IgnoreFuncBodies: true,
	}
	return config.Check(path, l.files, files, nil)
}

// forgetBodies frees the memory of what IgnoreFuncBodies ignores.
func forgetBodies(files []*ast.File) {
	for _, file := range files {
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
				function.Body = &ast.BlockStmt{}
			}
		}
	}
}
