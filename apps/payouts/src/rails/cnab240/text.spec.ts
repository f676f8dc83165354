import { bankName, bankText, unwritableLetters } from './text';

describe('writing a name as banks take it', () => {
  it.each([
    ['João da Conceição', 'JOAO DA CONCEICAO'],
    ['Ação & Reação Ltda.', 'ACAO E REACAO LTDA.'],
    ['Groß  Øst Łódź', 'GROSS OST LODZ'],
    ['D’Ávila\tS/A', 'D AVILA S/A'],
    ['Bar 🍻 do Zé', 'BAR DO ZE'],
    ['e\u0301', 'E'],
  ])('%j becomes %j', (name, written) => {
    expect(bankText(name)).toBe(written);
  });

  it('cuts a long one without leaving a space behind', () => {
    expect(bankName('Companhia Brasileira de Tudo um Pouco', 30)).toBe(
      'COMPANHIA BRASILEIRA DE TUDO U',
    );
    expect(bankName('Companhia Brasileira de Tudos Pouco', 30)).toBe(
      'COMPANHIA BRASILEIRA DE TUDOS',
    );
  });

  it('names the letters that would be lost', () => {
    expect(unwritableLetters('Łódź 東京 Ж')).toEqual(['東', '京', 'Ж']);
    expect(unwritableLetters('Ação & Cia, 🍻 ß')).toEqual([]);
  });
});
