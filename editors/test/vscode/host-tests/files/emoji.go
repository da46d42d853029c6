package shelf

// Party has characters of one, two, three and four bytes before the trap.
func Party() {
	/* aé€🎉𝄞 */ defer recover()
}

// Guests has them inside of what a fix changes.
func Guests() map[string]int {
	defer println()
	return map[string]int{"aé€🎉𝄞": 1}
}
