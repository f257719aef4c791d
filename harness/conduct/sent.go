package conduct

// sent judges the requests of a call by what its user asked for.
func (b *breaches) sent(Call) {}
