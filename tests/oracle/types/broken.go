package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// printComplaints reads the lines of a list, each with the path of a file of the source tree, a tab, and the path of a
// file that stands in its place. For each of them that go/types complains about it prints the number of the line,
// counted from 0, a tab and the complaint.
func printComplaints(output io.Writer, loader *loader, list string) error {
	file, err := os.Open(list)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for number := 0; lines.Scan(); number++ {
		path, broken, _ := strings.Cut(lines.Text(), "\t")
		complaint, err := loader.complaint(path, broken)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if complaint != nil {
			fmt.Fprintf(output, "%d\t%s\n", number, strings.ReplaceAll(complaint.Error(), "\n", " "))
		}
	}
	return lines.Err()
}

// complaint checks a package with another file in the place of one of its own, and returns the first complaint about that
// file. Of files that the host's build leaves out nothing is said.
func (l *loader) complaint(path, broken string) (complaint, err error) {
	directory, name := filepath.Split(path)
	below, err := filepath.Rel(l.source, directory)
	if err != nil {
		return nil, err
	}
	below = filepath.ToSlash(below)
	found, err := l.context.ImportDir(directory, 0)
	if err != nil {
		return nil, nil
	}
	names, imported := found.GoFiles, l.importerFor(below, l.load)
	switch {
	case slices.Contains(found.TestGoFiles, name):
		names = append(names, found.TestGoFiles...)
	case slices.Contains(found.XTestGoFiles, name):
		tested, err := l.checkFiles(below, directory, append(names, found.TestGoFiles...), imported)
		if err != nil {
			return nil, nil
		}
		names, imported = found.XTestGoFiles, l.importerFor(below, l.loadBeside(below, tested.types))
	case !slices.Contains(names, name):
		return nil, nil
	}
	var files []*ast.File
	for _, other := range names {
		if other == name {
			continue
		}
		file, err := l.withoutBodies(filepath.Join(directory, other))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	file, err := parser.ParseFile(l.files, broken, nil, parser.SkipObjectResolution)
	if err != nil {
		return err, nil
	}
	config := types.Config{
		Importer: imported,
		Sizes:    types.SizesFor("gc", l.context.GOARCH),
		Error: func(err error) {
			// The functions of the other files have lost their bodies.
			if about, ok := err.(types.Error); ok && complaint == nil && about.Fset.File(about.Pos) == l.files.File(file.FileStart) {
				complaint = fmt.Errorf("%s", about.Msg)
			}
		},
	}
	defer func() {
		// Some invalid code makes go/types panic, behind the complaint about it.
		if panicked := recover(); panicked != nil && complaint == nil {
			err = fmt.Errorf("go/types: %v", panicked)
		}
	}()
	config.Check(below, l.files, append(files, file), nil)
	return complaint, nil
}

// withoutBodies parses a file once, and forgets the bodies of its functions.
func (l *loader) withoutBodies(path string) (*ast.File, error) {
	if known := l.bare[path]; known != nil {
		return known, nil
	}
	file, err := parser.ParseFile(l.files, path, nil, parser.SkipObjectResolution)
	if err == nil {
		forgetBodies([]*ast.File{file})
		l.bare[path] = file
	}
	return file, err
}
