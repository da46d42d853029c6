// Command types says of places in Go's source tree what go/types says: which kind of type they have, and who is called.
//
//	go run . /usr/local/go/src              # the whole tree
//	go run . /usr/local/go/src net/http os  # these packages
//
// Each line is one of these, its fields separated by tabs:
//
//	directory PATH
//	file      NAME
//	return    START END CLASS                  an operand of a return statement
//	call      START END CLASS CALLEE NAME...   a call that isn't deferred; the class is its operand's
//	defer     START END CLASS CALLEE NAME...   a deferred call
//
// START and END are byte offsets of the expression. The files are those of the host's build without cgo, with their
// tests.
//
// With -broken it says what go/types says against files in the place of others, see printComplaints:
//
//	go run . -broken list /usr/local/go/src
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	broken := flag.String("broken", "", "a `list` of files in the place of others")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: types [-broken list] GOROOT/src [package...]")
		os.Exit(2)
	}
	if err := run(*broken, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(broken, source string, packages []string) error {
	output := bufio.NewWriterSize(os.Stdout, 1<<16)
	loader := newLoader(source)
	if broken != "" {
		if err := printComplaints(output, loader, broken); err != nil {
			return err
		}
		return output.Flush()
	}
	if len(packages) == 0 {
		packages = packagesBelow(source)
	}
	for _, path := range packages {
		if err := printDirectory(output, loader, path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return output.Flush()
}

// packagesBelow returns the import paths of the directories that may hold packages.
func packagesBelow(source string) []string {
	var paths []string
	filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		name := entry.Name()
		if name == "testdata" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			return filepath.SkipDir
		}
		if below, err := filepath.Rel(source, path); err == nil && below != "." {
			paths = append(paths, filepath.ToSlash(below))
		}
		return nil
	})
	return paths
}

// printDirectory prints what there is to say of a package, its tests and its external tests.
func printDirectory(output *bufio.Writer, loader *loader, path string) error {
	packages, err := loader.check(path)
	if err != nil || len(packages) == 0 {
		return err
	}
	fmt.Fprintf(output, "directory\t%s\n", loader.directory(path))
	for _, checked := range packages {
		for _, file := range checked.files {
			name := loader.files.Position(file.FileStart).Filename
			fmt.Fprintf(output, "file\t%s\n", filepath.Base(name))
			printFile(output, loader.files, file, checked.info)
		}
	}
	return nil
}
