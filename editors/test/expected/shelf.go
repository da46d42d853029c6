// Package shelf is what the tests open in the editors.
package shelf

import (
	"errors"
	"os"
)

// Save reports every error but that of Close.
func Save(name string, content []byte) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := file.Close(); cerr != nil {
			err = errors.Join(err, cerr)
		}
	}()
	_, err = file.Write(content)
	return err
}
