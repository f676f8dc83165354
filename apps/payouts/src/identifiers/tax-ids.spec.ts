import { readCnpj, readCpf } from './tax-ids';
import { codesOf } from './reading.fixture';

describe('reading a CPF', () => {
  it.each(['52998224725', '529.982.247-25', ' 111.444.777-35 ', '00000000191'])(
    'takes %j with or without punctuation',
    (typed) => {
      expect(readCpf(typed)).toEqual({ value: typed.replaceAll(/[ .-]/g, '') });
    },
  );

  it.each([
    ['529.982.247-35', 'cpf_check_digit', 'position 10'],
    ['529.982.247-26', 'cpf_check_digit', 'position 11'],
    ['5299822472', 'cpf_malformed', '10 were given'],
    ['529982247250', 'cpf_malformed', '12 were given'],
    ['', 'cpf_malformed', '0 were given'],
    ['5299822472X', 'cpf_malformed', '11 were given'],
    ['abc52998224725', 'cpf_malformed', '14 were given'],
    ['٥٢٩٩٨٢٢٤٧٢٥', 'cpf_malformed', '11 were given'],
    ['11111111111', 'cpf_never_issued', 'repeated'],
    ['123.456.789-09', 'cpf_never_issued', 'example'],
  ])('refuses %j and says where it is wrong', (typed, code, place) => {
    const [fault] = codesOf(readCpf(typed));
    expect(fault).toMatchObject({ code, detail: expect.stringContaining(place) as string });
    expect(typed === '' || !JSON.stringify(fault).includes(typed)).toBe(true);
  });
});

describe('reading a CNPJ', () => {
  it.each([
    ['11.222.333/0001-81', '11222333000181'],
    ['00000000000191', '00000000000191'],
    ['12ABC34501DE35', '12ABC34501DE35'],
    ['12.ABC.345/01DE-35', '12ABC34501DE35'],
    ['12.abc.345/01de-35', '12ABC34501DE35'],
    ['Q0.SLF.MBD/7VX4-39', 'Q0SLFMBD7VX439'],
  ])('takes %j, with its letters in upper case', (typed, value) => {
    expect(readCnpj(typed)).toEqual({ value });
  });

  it.each([
    ['11.222.333/0001-71', 'cnpj_check_digit', 'position 13'],
    ['11.222.333/0001-82', 'cnpj_check_digit', 'position 14'],
    ['12ABC34501DE45', 'cnpj_check_digit', 'position 13'],
    ['12ABC34501DE36', 'cnpj_check_digit', 'position 14'],
    ['12ABD34501DE35', 'cnpj_check_digit', 'position 13'],
    // What is left of an alphanumeric one when its letters are stripped, padded as banks do.
    ['00000123450135', 'cnpj_check_digit', 'position 13'],
    ['12ABC34501DEA5', 'cnpj_malformed', '14 characters'],
    ['1122233300018', 'cnpj_malformed', '13 characters'],
    ['12ÁBC34501DE35', 'cnpj_malformed', '14 characters'],
    ['12_ABC34501DE35', 'cnpj_malformed', '15 characters'],
    ['Q0ſLFMBD7VX439', 'cnpj_malformed', '14 characters'],
    ['00000000000000', 'cnpj_never_issued', 'repeated'],
  ])('refuses %j and says where it is wrong', (typed, code, place) => {
    const [fault] = codesOf(readCnpj(typed));
    expect(fault).toMatchObject({ code, detail: expect.stringContaining(place) as string });
    expect(JSON.stringify(fault)).not.toContain(typed);
  });
});
