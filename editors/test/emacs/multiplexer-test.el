;;; multiplexer-test.el --- eglot with gopls and deferlint behind one multiplexer  -*- lexical-binding: t; -*-

;;; Code:

(load (expand-file-name "harness" (file-name-directory load-file-name)) nil t)
(require 'eglot)
(setq eglot-sync-connect 60)
(add-to-list 'eglot-server-programs
             `((go-mode go-ts-mode) . ("rass" "--" "gopls" "--" ,deferlint-program "lsp")))

(with-temp-file (module-file "shelf.go")
  (insert-file-contents (expand-file-name "module/shelf.go" (getenv "tests")))
  (goto-char (point-max))
  (insert "\nfunc unused() { /* 𝄞 */ var n int }\n"))
(find-file (module-file "shelf.go"))

(check "multiplexer: both report on the same buffer"
  (apply #'eglot (eglot--guess-contact))
  (edited)
  (wait-for-findings "never reaches the caller" "declared and not used"))

(check "multiplexer: the actions of both are offered"
  (go-to "err = file.Close()")
  (let ((titles (mapcar (lambda (action) (plist-get action :title)) (eglot-code-actions (point) (point)))))
    (cl-assert (member "Name the result err, so that the deferred assignment reaches the caller" titles) nil "%S" titles)
    (cl-assert (member "Add test for Save" titles) nil "%S" titles)))

(eglot-shutdown (eglot-current-server))
(finish)
;;; multiplexer-test.el ends here
