;;; flymake-test.el --- Flymake runs deferlint beside gopls under eglot  -*- lexical-binding: t; -*-

;;; Code:

(load (expand-file-name "harness" (file-name-directory load-file-name)) nil t)
(require 'eglot)
(require 'deferlint)
(setq eglot-sync-connect 60)
(add-hook 'eglot-managed-mode-hook #'deferlint-flymake-setup)

;; Without a terminal Emacs doesn't read what watched files report, and runs no sentinel while that waits to be read.
(cl-defmethod eglot-register-capability (_server (_method (eql workspace/didChangeWatchedFiles)) _id &rest _)
  "Watch no files."
  nil)

(with-temp-file (module-file "shelf.go")
  (insert-file-contents (expand-file-name "module/shelf.go" (getenv "tests")))
  (goto-char (point-max))
  (insert "\nfunc unused() { /* 𝄞 */ var n int }\n"))
(find-file (module-file "shelf.go"))

(defun fix (text)
  "Apply the fix of the finding at TEXT as soon as the text has been checked."
  (go-to text)
  (wait-for "fixes" #'deferlint--fixes)
  (deferlint-fix))

(defun remove-what-gopls-finds ()
  "Remove the function that gopls finds fault with."
  (go-to "\nfunc unused")
  (delete-region (point) (point-max)))

(check "flymake: both report on the same buffer"
  (apply #'eglot (eglot--guess-contact))
  (cl-assert (equal (plist-get (eglot--server-info (eglot-current-server)) :name) "gopls"))
  (wait-for-findings "never reaches the caller.*\\(.\\|\n\\)*\\[deferred-assignment-lost\\]" "declared and not used")
  (dolist (finding (findings))
    (harness-say "       %s" (string-replace "\n" "; " finding))))

(check "flymake: columns are right behind 𝄞"
  (go-to "err = file.Close()")
  (insert "/* é𝄞 */ ")
  (edited)
  (wait-for "the finding behind the clef"
            (lambda ()
              (cl-find "err = file.Close()" (flymake-diagnostics) :test #'equal
                       :key (lambda (finding)
                              (buffer-substring (flymake-diagnostic-beg finding)
                                                (flymake-diagnostic-end finding))))))
  (go-to "/* é𝄞 */ ")
  (delete-char 9)
  (remove-what-gopls-finds)
  (edited)
  (wait-for-findings "never reaches the caller"))

(check "flymake: one fix after the other is saved byte for byte"
  (fix "err = file.Close()")
  (edited)
  (wait-for-findings "this replaces whatever")
  (fix "err = file.Close()")
  (edited)
  (wait-for-findings)
  (check-saved "shelf.go"))

(check "flymake: a fix isn't applied to a text that it isn't for"
  (goto-char (point-max))
  (insert "\nfunc try() {\n\tdefer recover()\n}\n")
  (edited)
  (go-to "defer recover()")
  (wait-for "fixes" #'deferlint--fixes)
  (insert " ")
  (cl-assert (string-match-p "has changed" (condition-case refusal (deferlint-fix) (user-error (cadr refusal))))))

(check "flymake: the page of a rule is shown"
  (deferlint-explain "defer-lock")
  (with-current-buffer "*deferlint defer-lock*"
    (cl-assert (string-prefix-p "# defer-lock" (buffer-string)))))

(check "flymake: a program that fails is reported"
  (let ((deferlint-check-arguments '("--no-such-option")) problem)
    (deferlint-flymake (lambda (&rest report) (setq problem report)))
    (wait-for "the report" (lambda () problem))
    (cl-assert (eq (car problem) :panic))
    (cl-assert (string-match-p "no-such-option" (plist-get (cdr problem) :explanation)))))

(finish)
;;; flymake-test.el ends here
