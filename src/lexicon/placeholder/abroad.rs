//! What asks to be changed in other languages than English.

use crate::lexicon::words::Words;

/// Returns whether the words say "change me" in another language, without accents and whatever joins them: `CAMBIAME`, `a_changer`, `bitte-aendern`.
pub(super) fn asks_to_be_changed(words: &Words) -> bool {
    #[rustfmt::skip]
    const ASKS: &[&str] = &[
        // Spanish, Catalan, Portuguese, Galician.
        "cambiame", "cambiar", "cambiarme", "cambiaresto", "cambiaesto", "cambialo", "debecambiarse", "canviam", "canviarme",
        "mudeme", "mudar", "mudeisto", "alterar", "altereme", "altereisto", "trocar", "troqueme", "troqueisto", "substituir",
        // French, Italian, Romanian.
        "changezmoi", "changermoi", "changemoi", "achanger", "changerceci", "aremplacer", "remplacezmoi", "amodifier", "modifiezmoi",
        "cambiami", "cambiare", "dacambiare", "modificami", "dasostituire", "sostituiscimi", "schimbama", "schimba",
        // German, Dutch, Danish, Norwegian, Swedish.
        "aendern", "bitteaendern", "aenderemich", "aendermich", "aenderedas", "ersetzen", "bitteersetzen", "ersetzemich",
        "veranderen", "verandermij", "veranderdit", "wijzigen", "wijzigmij", "wijzigdit", "pasaan", "vervangen", "vervangmij",
        "aendremig", "skiftmig", "endremeg", "byttmeg", "bytutmig", "andramig", "bytmig", "andradetta",
        // Polish, Czech, Slovak, Croatian, Hungarian, Finnish, Turkish, Indonesian.
        "zmienmnie", "zmienic", "dozmiany", "zmiento", "zmenme", "zmenit", "zmenma", "promijenime", "promeniti", "csereld",
        "valtoztasdmeg", "vaihdaminut", "vaihdatama", "muutaminut", "degistir", "benidegistir", "bunudegistir", "gantisaya",
        "gantiini", "ubahsaya", "ubahini",
    ];
    let mut flat = [0; 24];
    let mut length = 0;
    for word in words.iter() {
        if word.as_bytes()[0].is_ascii_digit() {
            continue;
        }
        let Some(room) = flat.get_mut(length..length + word.len()) else {
            return false;
        };
        room.copy_from_slice(word.as_bytes());
        length += word.len();
    }
    std::str::from_utf8(&flat[..length]).is_ok_and(|flat| ASKS.contains(&flat))
}
